import { expect, test } from "vitest";
import { applyAccountEvent } from "../../integrations/health/account-events.server.ts";
import { signedRequests } from "../testing/signed-requests.ts";
import { healthChecks } from "./testing/health-checks.ts";

const flows = healthChecks();
const { flow, connect, connections, jobs, leave, deps, connected, subject, check, refuse } = flows;
const { tell, grantorOf } = signedRequests(flows);
const mailJobs = async () => (await jobs()).filter(({ task }) => task === "send_mail").length;
const mails = async () =>
  (
    await flow.product.database.sql<{ kind: string; over: boolean }>(
      "select kind, over_at is not null as over from mail_outbox order by created_at, incident",
    )
  ).map(({ kind, over }) => (over ? `${kind}, over` : kind));

const metaSays = (connectionId: string, event: string, detail = {}) =>
  applyAccountEvent(deps(), {
    ...subject(connectionId),
    deliveryId: "1",
    itemPath: `entry[0].${event}`,
    field: "account_update",
    event,
    detail,
    occurredAt: new Date(Date.now() + 5_000),
  });

const ways: [string, (id: string) => Promise<unknown>][] = [
  [
    "two refused checks",
    async (id) => {
      refuse(190);
      for (let times = 0; times < 3; times++) await check(id);
    },
  ],
  ["access removed", (id) => metaSays(id, "PARTNER_REMOVED")],
  ["account deleted", (id) => metaSays(id, "ACCOUNT_DELETED")],
  ["account disabled", (id) => metaSays(id, "DISABLED_UPDATE", { ban_state: "DISABLE" })],
  ["moved to another phone", (id) => metaSays(id, "ACCOUNT_OFFBOARDED")],
  ["access taken back by a person", async () => tell("deauthorize", await grantorOf(flow.ana))],
  ["a person's data deleted", async () => tell("data-deletion", await grantorOf(flow.ana))],
];

test.each(ways)(
  "a connection lost by %s asks for one mail, and a reconnect ends the incident",
  async (_way, lose) => {
    const id = await connected();
    expect(await mails()).toEqual([]);
    await lose(id);
    await lose(id);
    expect((await connections(flow.ana))[0]).toMatchObject({ status: "error" });
    expect(await mails()).toEqual(["access_lost"]);
    expect(await mailJobs()).toBe(1);
    flow.product.sandbox.control.clearScenarios();
    await connect(flow.ana);
    expect(await mails()).toEqual(["access_lost, over"]);
  },
);

test("a check that proves the token alive ends the incident, and what is lost after that is another", async () => {
  const id = await connected();
  await metaSays(id, "PARTNER_REMOVED");
  await check(id);
  expect(await mails()).toEqual(["access_lost, over"]);
  refuse(190);
  await check(id);
  await check(id);
  expect(await mails()).toEqual(["access_lost, over", "access_lost"]);
});

test("a further cause of the same incident is no further mail", async () => {
  const id = await connected();
  await metaSays(id, "DISABLED_UPDATE", { ban_state: "DISABLE" });
  await metaSays(id, "PARTNER_REMOVED");
  await tell("deauthorize", await grantorOf(flow.ana));
  expect(await mails()).toEqual(["access_lost"]);
});

test("a disconnect of one's own asks for none", async () => {
  await connected();
  await leave(flow.ana);
  expect([await mails(), await mailJobs()]).toEqual([[], 0]);
});

test("the token's end asks for one mail at 14, 7 and 1 days; a new token ends what was said of the old", async () => {
  const id = await connected();
  const [row] = await connections(flow.ana);
  const end = new Date(row?.token_expires_at ?? 0).getTime();
  for (const daysLeft of [30, 13, 12, 6, 5, 0.5, 0.4]) await check(id, new Date(end - daysLeft * 86_400_000));
  expect(await mails()).toEqual(["token_expiring", "token_expiring", "token_expiring"]);
  expect(await mailJobs()).toBe(3);
  await flow.product.database.sql(
    "update channel_connections set token_expires_at = token_expires_at + interval '60 days' where id = $1",
    [id],
  );
  expect(new Set(await mails())).toEqual(new Set(["token_expiring, over"]));
});
