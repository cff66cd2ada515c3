/** A person's mails about their account, by a mail server that takes them, refuses them, or is away. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../db/testing/test-database.ts";
import { type AccountMailDeps, sendAccountMail } from "./account.server.ts";
import { MailFailure, type Post } from "./post.server.ts";
import { mailServer, origin } from "./testing/mail-server.ts";

const { server, verdicts, logged, log } = mailServer();
const on = {} as { database: TestDatabase; deps: AccountMailDeps };

beforeAll(async () => {
  on.database = await createTestDatabase(inject("adminUrl"), inject("template"));
  on.deps = { jobsDb: on.database.as("app_jobs"), log, outgoing: { post: server.post, origin } };
});
afterAll(() => on.database.drop());
beforeEach(() =>
  on.database.sql(
    `with t as (insert into tenants (name) values ('Luz') returning id),
          u as (insert into users (email, password_hash, language) values ('ana@luz.example', 'none', 'es') returning id)
     insert into memberships (tenant_id, user_id, role) select t.id, u.id, 'member' from t, u`,
  ),
);
afterEach(() => on.database.empty("tenants", "users", "graphile_worker._private_jobs"));
const sql: TestDatabase["sql"] = (text, values) => on.database.sql(text, values);

/** Opens one as the functions do; the id that its job names. */
async function open(kind: string): Promise<string> {
  const how =
    kind === "password_reset"
      ? "select app.request_password_reset('ana@luz.example')"
      : `select app.open_account_mail(id, '${kind}') from users`;
  await sql(how);
  const [job] = await sql<{ mail: string }>(
    "select payload->>'mailId' as mail from graphile_worker._private_jobs order by id desc limit 1",
  );
  return job?.mail ?? "";
}
const send = (mailId: string, with_: Partial<AccountMailDeps> = {}, lastAttempt = false) =>
  sendAccountMail({ ...on.deps, ...with_ }, { mailId, lastAttempt });
const states = () => sql("select state, reason from account_mails");
const failing = (kind: MailFailure["kind"]): Partial<AccountMailDeps> => {
  const broken: Post = { ...server.post, send: () => Promise.reject(new MailFailure(kind, "451")) };
  return { outgoing: { post: broken, origin } };
};
const tokens = () => server.catcher.mails().map(({ text }) => /token=([\w-]+)/.exec(text)?.[1] ?? "");

test.each([
  ["sign_in_failures", "Muchos intentos fallidos de entrar a tu cuenta", `${origin}/account`],
  ["password_changed", "Se cambió tu contraseña", `${origin}/login/forgot`],
  ["password_reset", "Elige una contraseña nueva", `${origin}/login/reset?token=`],
])("%s is told in the person's language, with when and where to", async (kind, subject, link) => {
  const id = await open(kind);
  await send(id);
  await send(id);
  expect(server.catcher.mails()).toHaveLength(1);
  const [mail] = server.catcher.mails();
  expect([mail?.to, mail?.headers.subject]).toEqual([["ana@luz.example"], subject]);
  expect(mail?.text).toContain(link);
  expect(mail?.text).toMatch(/: \d{1,2} de \p{L}+ de \d{4}.* UTC/u);
  expect(mail?.text).not.toMatch(/\b(your|password|link|\d+\.\d+\.\d+\.\d+)\b/);
  expect(mail?.headers["message-id"]).toContain(id);
  expect(await states()).toEqual([{ state: "sent", reason: null }]);
});

describe("a mail server that does not take it", () => {
  test("for now is asked again; the token of the second attempt is another, and the only one that counts", async () => {
    const id = await open("password_reset");
    const forgetful: Post = {
      ...server.post,
      async send(letter, to) {
        await server.post.send(letter, to);
        throw new MailFailure("delayed", "451");
      },
    };
    await expect(send(id, { outgoing: { post: forgetful, origin } })).rejects.toMatchObject({
      kind: "delayed",
    });
    expect(await states()).toEqual([{ state: "waiting", reason: null }]);
    await send(id);
    const [first = "", second = ""] = tokens();
    const opens = async (token: string) =>
      (await sql("select app.find_password_reset(sha256($1::bytea)) as email", [token]))[0]?.email;
    expect([await opens(first), await opens(second)]).toEqual([null, "ana@luz.example"]);
  });

  test("for good is not asked again; one that is away is given up in the last attempt", async () => {
    await send(await open("password_changed"), failing("refused"));
    expect(await states()).toEqual([{ state: "not_sent", reason: "refused" }]);
    const id = await open("sign_in_failures");
    await expect(send(id, failing("unreachable"))).rejects.toMatchObject({ kind: "unreachable" });
    await send(id, failing("unreachable"), true);
    expect(await states()).toContainEqual({ state: "not_sent", reason: "gave_up" });
  });

  test("is written down without the address and without the token", async () => {
    verdicts["ana@luz.example"] = 550;
    await send(await open("password_reset"));
    delete verdicts["ana@luz.example"];
    await sql("update password_resets set requested_at = now() - interval '2 hours'");
    await send(await open("password_reset"));
    const text = JSON.stringify(logged);
    expect(text).toContain("refused");
    expect(text).not.toContain("luz.example");
    expect(tokens()).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    for (const token of tokens()) expect(text).not.toContain(token);
  });
});

test.each([
  ["is disabled", "update users set disabled_at = now()"],
  ["has asked again", "select app.request_password_reset('ana@luz.example')"],
  ["waited too long for it", "update password_resets set expires_at = now()"],
])("nobody is sent a link who %s meanwhile", async (_what, statement) => {
  const id = await open("password_reset");
  await sql(statement);
  await send(id);
  expect(server.catcher.mails()).toEqual([]);
  expect(await states()).toContainEqual({ state: "not_sent", reason: "over" });
});
