/** The demo people's account pages over a database and a mail server of the file's own. For tests. */
import { afterAll, beforeAll, beforeEach, inject } from "vitest";
import { noteMailService } from "#db/queries/mail/account-mails.ts";
import { seedDemo } from "../../../../scripts/seed.ts";
import { type AccountMailDeps, sendAccountMail } from "../../../mail/account.server.ts";
import { mailServer } from "../../../mail/testing/mail-server.ts";
import { action as account } from "../../../routes/account.tsx";
import { action as login } from "../../../routes/login.tsx";
import { action as forgot } from "../../../routes/login_.forgot.tsx";
import { action as reset, loader as resetPage } from "../../../routes/login_.reset.tsx";
import { answerOf, call, get, openStage, origin, post, type Stage, statusOf } from "../../testing/stage.ts";
import { readViewer } from "../session.server.ts";

export const ana = "ana@luz.example";
export const old = "curbe-demo";
export const fresh = "a new and long one";

/** Starts both for the file; before each test the demo people are as they were seeded and no mail has come. */
export function accountStage() {
  // Filled by the hooks, before any test looks.
  const on = {} as { stage: Stage; mail: AccountMailDeps };
  const { server } = mailServer();
  beforeAll(async () => {
    on.stage = await openStage(inject("adminUrl"), inject("template"));
    const silent = { info() {}, warn() {}, error() {} };
    on.mail = {
      jobsDb: on.stage.database.as("app_jobs"),
      log: silent,
      outgoing: { post: server.post, origin },
    };
  });
  afterAll(() => on.stage.database.drop());
  beforeEach(async () => {
    on.stage.setUp({});
    await on.stage.database.empty("login_limits", "users", "graphile_worker._private_jobs");
    await seedDemo(on.stage.database.url);
    await noteMailService(on.mail.jobsDb, true);
  });

  const signsIn = async (password: string, email = ana, cookie?: string, ip = "192.0.2.200") =>
    statusOf(await login(call(post("/login", { email, password }, { cookie, ip })))) === 303;
  const isSignedIn = async (cookie: string) => (await readViewer(get("/", cookie))) !== null;
  const change = (cookie: string, fields: Record<string, string>) =>
    account(call(post("/account", fields, { cookie })));
  const cookiesOf = (answer: unknown) =>
    (answer as Response).headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
  const mailRows = () =>
    on.stage.database.sql("select kind, state, reason from account_mails order by created_at");

  /** Sends what waits, as the worker would. */
  async function sendAll(deps: Partial<AccountMailDeps> = {}) {
    const jobs = await on.stage.database.sql<{ id: string }>(
      `select j.payload->>'mailId' as id from graphile_worker._private_jobs j
         join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'send_account_mail' order by j.id`,
    );
    for (const { id } of jobs)
      await sendAccountMail({ ...on.mail, ...deps }, { mailId: id, lastAttempt: false });
  }

  const ask = (email: string, ip?: string) =>
    forgot(call(post("/login/forgot", { email }, ip ? { ip } : {})));
  const linkIn = (text: string) => /https:\/\/\S+\/login\/reset\?token=[\w-]{43}/.exec(text)?.[0] ?? "";
  const tokenOf = (link: string) => new URL(link).searchParams.get("token") ?? "";

  /** Asks for a link, has it sent, and opens it: what the browser then sends along. */
  async function openLink(email = ana): Promise<{ cookie: string; token: string }> {
    await ask(email);
    await sendAll();
    const link = linkIn(server.catcher.mails().at(-1)?.text ?? "");
    const answer = await answerOf(resetPage(call(get(link.slice(origin.length)))));
    return { cookie: cookiesOf(answer)[0] ?? "", token: tokenOf(link) };
  }
  const setWith = (cookie: string, password = fresh, ip?: string) =>
    reset(call(post("/login/reset", { password }, { cookie, ...(ip ? { ip } : {}) })));
  return {
    on,
    server,
    signsIn,
    isSignedIn,
    change,
    cookiesOf,
    mailRows,
    sendAll,
    ask,

    openLink,
    setWith,
  };
}
