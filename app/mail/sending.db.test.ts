/** Sending that breaks off, or that the server refuses: nobody is forgotten, and nobody is written to twice under two Message-IDs. */
import { beforeEach, describe, expect, test } from "vitest";
import { MailFailure, type Post } from "./post.server.ts";
import { incidentMails } from "./testing/incident-mails.ts";
import { origin } from "./testing/mail-server.ts";

const { on, server, verdicts, logged, sql, person, lose, outbox, run, arrivals } = incidentMails();

describe("sending that breaks off", () => {
  beforeEach(() => person(on.luz, "bea@luz.example"));

  /** Sends `times`, then the process dies. */
  const dyingAfter = (times: number): Post => ({
    ...server.post,
    async send(letter, to) {
      if (times-- === 0) throw new Error("killed");
      await server.post.send(letter, to);
    },
  });

  test("between two people goes on with the second", async () => {
    await lose(on.luz);
    await expect(run({ outgoing: { post: dyingAfter(1), origin } })).rejects.toThrow("killed");
    expect(arrivals()).toHaveLength(1);
    await run();
    expect(arrivals()).toEqual(["ana@luz.example", "bea@luz.example"]);
    expect(await outbox()).toMatchObject([{ state: "sent" }]);
  });

  test("between the server's yes and our note of it repeats that mail under the same Message-ID", async () => {
    await lose(on.luz);
    const forgetful: Post = {
      ...server.post,
      async send(letter, to) {
        await server.post.send(letter, to);
        throw new Error("killed");
      },
    };
    await expect(run({ outgoing: { post: forgetful, origin } })).rejects.toThrow("killed");
    await run();
    const ids = server.catcher.mails().map(({ headers }) => headers["message-id"]);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(2);
  });
});

describe("a server that does not take a mail", () => {
  beforeEach(() => person(on.luz, "bea@luz.example"));
  const refusals = () => sql("select refused_code from mail_recipients where refused_code is not null");

  test("for good is not asked again, and the others are sent theirs", async () => {
    verdicts["ana@luz.example"] = 550;
    await lose(on.luz);
    await run();
    await run();
    expect(arrivals()).toEqual(["bea@luz.example"]);
    expect(await refusals()).toEqual([{ refused_code: "550" }]);
    expect(await outbox()).toMatchObject([{ state: "sent", reason: null }]);
  });

  test("for good from anybody leaves it unsent", async () => {
    Object.assign(verdicts, { "ana@luz.example": 550, "bea@luz.example": 553 });
    await lose(on.luz);
    await run();
    expect(await outbox()).toMatchObject([{ state: "not_sent", reason: "refused" }]);
  });

  test("for now is asked again, after the others were sent theirs", async () => {
    verdicts["ana@luz.example"] = 451;
    await lose(on.luz);
    await expect(run()).rejects.toMatchObject({ name: "MailFailure", code: "451" });
    expect(arrivals()).toEqual(["bea@luz.example"]);
    expect(await outbox()).toMatchObject([{ state: "waiting" }]);
    delete verdicts["ana@luz.example"];
    await run();
    expect(arrivals()).toEqual(["ana@luz.example", "bea@luz.example"]);
    expect(await outbox()).toMatchObject([{ state: "sent" }]);
  });

  test("because it is away is asked once a round, and given up in the last attempt", async () => {
    let asked = 0;
    const away: Post = {
      ...server.post,
      send: async () => {
        asked++;
        throw new MailFailure("unreachable", "ESOCKET");
      },
    };
    await lose(on.luz);
    await expect(run({ outgoing: { post: away, origin } })).rejects.toMatchObject({ kind: "unreachable" });
    expect(asked).toBe(1);
    await run({ outgoing: { post: away, origin } }, true);
    expect(await outbox()).toMatchObject([{ state: "not_sent", reason: "gave_up" }]);
  });

  test("is written down without a word of whom it was about", async () => {
    verdicts["ana@luz.example"] = 550;
    await lose(on.luz);
    await run();
    const text = JSON.stringify(logged);
    expect(text).toContain('"reason":"550"');
    expect(text).toContain(on.luz.id);
    expect(text).not.toMatch(/luz\.example|5512345678|1234 5678|Tienda|Panader/);
  });
});
