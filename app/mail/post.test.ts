import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { anyText, cases } from "#db/testing/generated.ts";
import { type MailCatcher, startMailCatcher } from "../../scripts/dev/mail-catcher.ts";
import { Secret } from "../platform/secret.server.ts";
import { composeMail, type Letter } from "./compose.server.ts";
import { createSmtpPost, failureOf, mailboxOf, type Post, transportOptions } from "./post.server.ts";

const verdicts: Record<string, number> = { "gone@luz.example": 550, "busy@luz.example": 451 };
const ana = { email: "ana@luz.example", id: "0d9f3c1e-0000-4000-8000-000000000001" };
const letter: Letter = { language: "es", subject: "Número", text: "Señal\nuno", html: "<p>Señal</p>" };

let catcher: MailCatcher;
let post: Post;
beforeEach(async () => {
  catcher = await startMailCatcher({ verdict: (address) => verdicts[address] });
  post = createSmtpPost({ url: new Secret(catcher.smtpUrl), from: "Curbe <no-reply@curbe.example>" });
});
afterEach(async () => {
  post.close();
  await catcher.stop();
});

const failure = (work: Promise<unknown>) =>
  work.then(
    () => "sent",
    (error: unknown) => error,
  );

describe("a mail", () => {
  test("arrives with both its bodies, says that a machine wrote it, and has the name of its row", async () => {
    await post.send(letter, ana);
    await post.send(letter, ana);
    const [mail, again] = catcher.mails();
    expect(mail).toMatchObject({
      from: "no-reply@curbe.example",
      to: ["ana@luz.example"],
      text: "Señal\nuno",
      html: "<p>Señal</p>",
    });
    expect(mail?.headers).toMatchObject({
      from: "Curbe <no-reply@curbe.example>",
      to: "ana@luz.example",
      subject: "Número",
      "auto-submitted": "auto-generated",
      "content-language": "es",
      "message-id": `<${ana.id}@curbe.example>`,
    });
    expect(again?.headers["message-id"]).toBe(mail?.headers["message-id"]);
  });

  test("has the same fields and the one recipient, whatever the names in it hold", async () => {
    await post.send(composeMail(subject("Luz", "Luz"), "en"), ana);
    const fields = Object.keys(catcher.mails()[0]?.headers ?? {});
    const name = fc.oneof(
      anyText(),
      fc.constantFrom(
        "a\r\nBcc: b@evil.example",
        "a\nX-Evil: 1",
        "\r\n\r\nbody",
        "=?utf-8?q?a=0D=0ABcc:_b?=",
      ),
    );
    await fc.assert(
      fc.asyncProperty(name, name, async (displayName, workspace) => {
        catcher.forget();
        await post.send(composeMail(subject(displayName, workspace), "es"), ana);
        expect(catcher.mails().map(({ to }) => to)).toEqual([["ana@luz.example"]]);
        expect(Object.keys(catcher.mails()[0]?.headers ?? {})).toEqual(fields);
      }),
      cases(60),
    );
  }, 30_000);

  test.each(["ana@luz.example, eva@evil.example", "ana@luz.example\r\nRCPT TO:<eva@evil.example>"])(
    "goes to one address or to none (%j)",
    async (email) => {
      await failure(post.send(letter, { ...ana, email }));
      for (const { to } of catcher.mails()) expect(to).toHaveLength(1);
      expect(catcher.mails().flatMap(({ to }) => to)).not.toContain("eva@evil.example");
    },
  );
});

function subject(displayName: string, workspace: string) {
  const about = { kind: "access_lost" as const, channel: "WhatsApp", code: "deauthorized", at: new Date(0) };
  return { ...about, phoneNumberE164: null, displayName, workspace, actionUrl: "https://app.example.com/x" };
}

describe("a mail that is not taken", () => {
  test.each([
    ["gone@luz.example", "refused", "550"],
    ["busy@luz.example", "delayed", "451"],
  ])("%s is %s, and the error names nobody", async (email, kind, code) => {
    const error = await failure(post.send(letter, { ...ana, email }));
    expect(error).toMatchObject({ name: "MailFailure", kind, code });
    expect(JSON.stringify(error) + String(error)).not.toContain("luz.example");
    expect((error as Error).cause).toBeUndefined();
  });

  test("because nobody is there is unreachable", async () => {
    await catcher.stop();
    expect(await failure(post.send(letter, ana))).toMatchObject({ kind: "unreachable", code: "ESOCKET" });
    expect(await failure(post.verify())).toMatchObject({ kind: "unreachable" });
    catcher = await startMailCatcher();
  });

  test.each([
    [{ code: "EAUTH", responseCode: 535, command: "AUTH PLAIN" }, "unreachable", "535"],
    [{ code: "EENVELOPE", responseCode: 550, command: "MAIL FROM" }, "unreachable", "550"],
    [{ code: "EMESSAGE", responseCode: 554, command: "DATA" }, "refused", "554"],
    [{ code: "EENVELOPE" }, "refused", "EENVELOPE"],
    [{ code: "ETLS" }, "unreachable", "ETLS"],
    [{ code: "550 ana@luz.example" }, "unreachable", "EUNKNOWN"],
    [undefined, "unreachable", "EUNKNOWN"],
  ])("%j is judged by whom it concerns", (error, kind, code) => {
    expect(failureOf(error)).toMatchObject({ kind, code });
  });
});

describe("the way to the server", () => {
  test.each([
    ["smtp://mail.example.com", { port: 587, secure: false, requireTLS: true }],
    ["smtp://mail.example.com:2525", { port: 2525, requireTLS: true }],
    ["smtps://mail.example.com", { port: 465, secure: true }],
    ["smtp://127.0.0.1.example.com", { requireTLS: true }],
    ["smtp://localhost:1025", { port: 1025, ignoreTLS: true }],
    ["smtp://[::1]:1025", { host: "::1", ignoreTLS: true }],
    ["smtps://localhost", { secure: true }],
    ["smtp://ana%40luz:p%2Fw@mail.example.com", { auth: { user: "ana@luz", pass: "p/w" } }],
  ])("%s", (url, expected) => {
    expect(transportOptions(url)).toMatchObject(expected);
  });

  test("is encrypted, or not taken at all, where the server is not this machine", async () => {
    const { port } = new URL(catcher.smtpUrl);
    const { createTransport } = await import("nodemailer");
    const reached = (name: string) => {
      // By the name's options, and yet the catcher, which offers no encryption.
      const options = { ...transportOptions(`smtp://${name}:${port}`), host: "127.0.0.1" };
      return failure(createTransport(options as object).verify());
    };
    expect(await reached("mail.example.com")).toMatchObject({ code: "ETLS" });
    expect(await reached("127.0.0.1")).toBe("sent");
  });

  test("answers when it is there", async () => {
    expect(await failure(post.verify())).toBe("sent");
  });
});

test.each([
  ["no-reply@curbe.example", { name: "", address: "no-reply@curbe.example" }],
  ["Curbe <no-reply@curbe.example>", { name: "Curbe", address: "no-reply@curbe.example" }],
  [
    '"Curbe, the app" <no-reply@curbe.example>',
    { name: "Curbe, the app", address: "no-reply@curbe.example" },
  ],
])("the sender %s", (from, halves) => {
  expect(mailboxOf(from)).toEqual(halves);
});
