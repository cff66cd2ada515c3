import { createTransport } from "nodemailer";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CaughtMail, type MailCatcher, startMailCatcher } from "./mail-catcher.ts";

let catcher: MailCatcher;
beforeEach(async () => {
  catcher = await startMailCatcher();
});
afterEach(() => catcher.stop());

let transport: ReturnType<typeof createTransport>;
beforeEach(() => {
  transport = createTransport({ host: "127.0.0.1", port: Number(new URL(catcher.smtpUrl).port), pool: true });
});
afterEach(() => transport.close());

async function send(subject: string, html = "<p>hallo</p>"): Promise<void> {
  await transport.sendMail({
    from: "a@curbe.example",
    to: "b@luz.example",
    subject,
    text: "Ñandú\n\nzwei",
    html,
  });
}
const listed = async () =>
  ((await (await fetch(`${catcher.url}/api/mails`)).json()) as { mails: CaughtMail[] }).mails;

test("a mail is listed as it was written, and forgotten when asked", async () => {
  await send(`Una línea larga que no cabe en una sola palabra codificada: ${"ñ".repeat(60)}`);
  expect(await listed()).toMatchObject([
    { from: "a@curbe.example", to: ["b@luz.example"], text: "Ñandú\n\nzwei", html: "<p>hallo</p>" },
  ]);
  expect((await listed())[0]?.headers.subject).toMatch(/codificada: ñ{60}$/);
  await fetch(`${catcher.url}/api/mails`, { method: "DELETE" });
  expect(await listed()).toEqual([]);
});

test("the last 50 are kept", async () => {
  for (let n = 1; n <= 52; n++) await send(`Mail ${n}`);
  const subjects = (await listed()).map(({ headers }) => headers.subject);
  expect([subjects.length, subjects[0], subjects.at(-1)]).toEqual([50, "Mail 3", "Mail 52"]);
});

test("the page shows a mail's words as words, and its HTML where nothing of it can run", async () => {
  await send("<script>alert(1)</script>", "<script>alert(2)</script>");
  const page = await (await fetch(catcher.url)).text();
  expect(page).toMatch(/&(lt|#60);script&(gt|#62);alert\(1\)/);
  expect(page).not.toContain("<script>");
  const [{ id } = { id: 0 }] = await listed();
  const opened = await fetch(`${catcher.url}/mails/${id}`);
  expect(opened.headers.get("content-security-policy")).toMatch(/default-src 'none'.*sandbox/);
  expect((await fetch(`${catcher.url}/mails/999`)).status).toBe(404);
});
