/** From a token that Meta revokes to the banner on an open page and the e-mail, by the clock. */
import { expect } from "@playwright/test";
import type { CaughtMail } from "../../../scripts/dev/mail-catcher.ts";
import { WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { english as texts } from "../../texts/en/index.ts";
import { product } from "../product/journeys.ts";
import { connect } from "../states/world.ts";
import { approve, control, goToMeta, often, origin, rows, startAfresh, test } from "./journey.ts";

const mailsUrl = () => `${product().mailsUrl}/api/mails`;
const bea = "bbbbbbbb-1111-4000-8000-000000000001";

test.beforeEach(async () => {
  await startAfresh();
  await fetch(mailsUrl(), { method: "DELETE" });
  // A second admin, who reads Spanish.
  await rows(
    `with u as (insert into users (id, email, password_hash, language) values ($1, 'bea@luz.example', 'none', 'es')
                on conflict do nothing)
     select`,
    [bea],
  );
  await rows(
    `insert into memberships (tenant_id, user_id, role)
     select tenant_id, $1, 'admin' from memberships m join users u on u.id = m.user_id where u.email = 'ana@luz.example'
         on conflict do nothing`,
    [bea],
  );
});
test.afterAll(async () => {
  await rows("delete from memberships where user_id = $1", [bea]);
  await rows("delete from users where id = $1", [bea]);
});

async function mails(): Promise<CaughtMail[]> {
  const answer = (await (await fetch(mailsUrl())).json()) as { mails: CaughtMail[] };
  return answer.mails;
}

interface Health {
  refusals: number;
  /** Of the latest check, by the database's clock. */
  at: number;
}

/** Brings the connection's next check forward to now, and waits until it has been taken. */
async function lookNow(connectionId: string, refusals: number): Promise<Health> {
  await rows(
    `select app.enqueue_as('app_tenant', 'check_connection', jsonb_build_object('tenantId', c.tenant_id,
                           'connectionId', c.id, 'requestId', 'e2e-look'))
       from channel_connections c where c.id = $1`,
    [connectionId],
  );
  const health = async () =>
    (
      await rows<Health>(
        "select refusals, extract(epoch from checked_at)::float8 * 1000 as at from connection_health where connection_id = $1",
        [connectionId],
      )
    )[0];
  await expect.poll(async () => (await health())?.refusals, often).toBe(refusals);
  return (await health()) as Health;
}

const secondsSince = (start: number) => (Date.now() - start) / 1000;

test("two refused checks of a revoked token: a banner on the open page, and one e-mail to each admin", async ({
  page,
}) => {
  const id = await connect(page);
  const banner = page.getByRole("region", { name: texts.incidents.label });
  await page.goto(`${origin()}/settings/integrations/whatsapp/activity`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await control("/tokens/revoke", { wabaId: WABA_IDS.luz });
  await lookNow(id, 1);
  expect(await mails()).toEqual([]);
  await expect(banner).toHaveCount(0);

  const second = await lookNow(id, 2);
  const bannerSeconds = banner.waitFor().then(() => secondsSince(second.at));
  await expect.poll(async () => (await mails()).length, often).toBe(2);
  const received = await mails();
  const mailSeconds = received.map(({ receivedAt }) => (Date.parse(receivedAt) - second.at) / 1000);
  console.log(
    `second refusal → banner on the open page ${(await bannerSeconds).toFixed(2)} s, e-mails ${mailSeconds.map((s) => s.toFixed(2)).join(" and ")} s`,
  );
  expect(await bannerSeconds).toBeLessThan(60);
  for (const seconds of mailSeconds) expect(seconds).toBeLessThan(60);

  expect(received.flatMap(({ to }) => to).sort()).toEqual(["ana@luz.example", "bea@luz.example"]);
  const toAna = received.find(({ to }) => to.includes("ana@luz.example"));
  expect(toAna?.headers.subject).toBe("Your WhatsApp number +52 55 1234 5678 needs attention");
  expect(toAna?.text).toContain(`${origin()}/settings/integrations`);
  expect(received.find(({ to }) => to.includes("bea@luz.example"))?.text).toContain("Vuelve a conectar");

  // Refused again and again, it is still the same incident.
  await lookNow(id, 3);
  await lookNow(id, 4);
  await expect
    .poll(() => rows("select from graphile_worker.jobs where task_identifier = 'send_mail'"), often)
    .toEqual([]);
  expect(await mails()).toHaveLength(2);
  expect(await rows("select state from mail_outbox")).toEqual([{ state: "sent" }]);
});

test("where the link of the mail leads a reconnect ends the incident, and the next loss is told anew", async ({
  page,
}) => {
  const id = await connect(page);
  const lose = async () => {
    await control("/tokens/revoke", { wabaId: WABA_IDS.luz });
    await lookNow(id, 1);
    await lookNow(id, 2);
  };
  await lose();
  await expect.poll(async () => (await mails()).length, often).toBe(2);
  const link = /https?:\/\/\S+/.exec((await mails())[0]?.text ?? "")?.[0] ?? "";
  await page.goto(link);
  await goToMeta(page, "Ana Luz", /^Reconnect/);
  await approve(page);
  await expect(page).toHaveURL(/whatsapp=connected/);
  await lose();
  await expect.poll(async () => (await mails()).length, often).toBe(4);
  expect(new Set((await mails()).map(({ headers }) => headers["message-id"])).size).toBe(4);
});
