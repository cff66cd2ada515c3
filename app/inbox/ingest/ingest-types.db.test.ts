import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  otherFields,
  statusDetails,
} from "#app/integrations/meta/whatsapp/webhook/testing/field-fixtures.ts";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { cases } from "#db/testing/generated.ts";
import { inboxStage } from "../testing/inbox-stage.ts";

const { inbox, sql, process, count } = inboxStage();

const time = (at: number) => String(Number(meta.sentAt) + at);

test("every field that is shown nowhere is kept in its delivery, and makes nothing", async () => {
  const { outcomes, quarantined } = await process(...Object.values(otherFields), meta.dashboardTest);
  expect([new Set(outcomes), quarantined]).toEqual([new Set(["ignored"]), []]);
  for (const table of ["contacts", "messages", "delivery_quarantine"]) expect(await count(table)).toBe(0);
  expect(await count("webhook_deliveries")).toBe(Object.keys(otherFields).length + 1);
});

test("text that PostgreSQL refuses is stored in place of nothing else, wherever it stands", async () => {
  const bad = "a\u0000b\ud83d";
  const safe = "a\ufffdb\ufffd";
  const contacts = [{ wa_id: "1", user_id: "ES.1", profile: { name: bad, username: bad } }];
  const message = { ...meta.textMessage("wamid.A", "1", bad), type: bad, [bad]: { [bad]: bad } };
  const failed = meta.status("wamid.B", "failed", time(1), {
    recipient_id: "1",
    biz_opaque_callback_data: bad,
    errors: [{ code: 1, title: bad }],
  });
  expect(await process(meta.bodyOf({ contacts, messages: [message], statuses: [failed] }))).toEqual({
    outcomes: ["processed"],
    quarantined: [],
  });
  expect(await sql("select profile_name, username from contacts")).toEqual([
    { profile_name: safe, username: safe },
  ]);
  const [a, b] = await sql("select * from messages order by provider_message_id");
  expect(a).toMatchObject({ type: safe, content: { [safe]: { [safe]: safe } } });
  expect(b).toMatchObject({ error: { title: safe } });
  expect(Object.values(b?.status_detail as object)).toMatchObject([{ biz_opaque_callback_data: safe }]);
  // An id is looked up: two that differ must not become the same, so this one is set aside, with its bytes.
  const { quarantined } = await process(meta.bodyOf({ messages: [meta.textMessage("wamid.\u0000")] }));
  expect(quarantined).toEqual(["unreadable"]);
});

describe("what is told with the steps of a message", () => {
  const detail = (n: number) => ({ ...statusDetails, biz_opaque_callback_data: `told ${n}` });
  const say = (step: string, at: number, n: number) =>
    meta.bodyOf({ statuses: [meta.status("wamid.E", step, time(at), detail(n))] });
  const message = meta.bodyOf(
    { message_echoes: [meta.echo("wamid.E")] },
    meta.phoneNumberId,
    "smb_message_echoes",
  );

  test("is kept with it, step by step", async () => {
    await process(say("sent", 1, 1), say("delivered", 2, 2), message);
    const [row] = await sql("select status_detail from messages");
    const told = Object.values(row?.status_detail as object).sort((a, b) => a.at - b.at);
    expect(told).toEqual([
      { ...detail(1), status: "sent", at: Number(time(1)) },
      { ...detail(2), status: "delivered", at: Number(time(2)) },
    ]);
  });

  test("makes the same row with the message and its times in any order, in jobs of any size, told any number of times", async () => {
    const bodies = [
      message,
      say("sent", 5, 1),
      say("delivered", 4, 2),
      say("read", 7, 3),
      say("played", 6, 4),
      say("failed", 3, 5),
      say("sent", 5, 6),
      say("sent", 2, 1),
    ];
    const row = async () =>
      (await sql("select to_jsonb(m) - 'id' - 'delivery_id' as row from messages m")).map(({ row }) => row);
    await process(...bodies);
    const expected = await row();
    expect(expected).toMatchObject([{ status: "played", type: "text" }]);
    expect(Object.keys((expected[0] as { status_detail: object }).status_detail)).toHaveLength(7);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...bodies.keys()], { minLength: bodies.length }),
        fc.array(fc.nat(bodies.length - 1), { maxLength: 4 }),
        fc.constantFrom(1, 3, 12),
        async (order, again, atOnce) => {
          await inbox.database.empty("messages", "webhook_deliveries");
          const told = [...order, ...again].map((n) => bodies[n]);
          while (told.length > 0) await process(...told.splice(0, atOnce));
          expect(await row()).toEqual(expected);
        },
      ),
      cases(25),
    );
  });

  test("and was told before is not written again", async () => {
    await process(say("sent", 1, 1), message);
    const version = () => sql("select xmin, ctid from messages");
    const before = await version();
    expect(before).toHaveLength(1);
    await process(say("sent", 1, 1), message);
    expect(await version()).toEqual(before);
  });
});
