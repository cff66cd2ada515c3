/** An attempt to connect, and the grant that waits in it, is its person's: no colleague's, and over with the membership. */
import { describe, expect, test } from "vitest";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { requestDueChecks } from "../../integrations/health/check.server.ts";
import { activity } from "../../texts/en/activity.ts";
import { english as texts } from "../../texts/en/index.ts";
import { api, connectedPlace, failed, pickerPlace } from "../testing/connect-flows.ts";
import type { TestPerson } from "../testing/product.ts";
import { attemptActs } from "./testing/attempt-acts.ts";

const {
  flow,
  get,
  post,
  spent,
  begin,
  comeBack,
  code,
  connect,
  connections,
  leave,
  statusOf,
  sql,
  colleague,
  attempts,
  choose,
  look,
  leaveWorkspace,
} = attemptActs();
const { cadenas } = BUSINESS_IDS;
const page = "/settings/integrations";
const card = async (person: TestPerson) =>
  (await (await get(person, page)).text()).replace(/<script[\s\S]*?<\/script>/g, "");

describe("a colleague", () => {
  test("sees nothing of it, on no page and in no answer", async () => {
    const leo = await colleague();
    expect(await connect(flow.ana, cadenas)).toBe(pickerPlace);
    expect(await card(flow.ana)).toContain(texts.integrations.choosing.action);
    const seen = await card(leo);
    for (const words of [texts.integrations.choosing.action, texts.integrations.states.choosing])
      expect(seen).not.toContain(words);
    expect(seen).toContain(texts.channels.meta_whatsapp.connect);
    expect((await get(leo, pickerPlace)).headers.get("location")).toBe(page);
    expect(await statusOf(flow.ana)).toMatchObject({ status: "pending", connections: [] });
    expect(await statusOf(leo)).toMatchObject({ status: "not_connected", updated_at: null, connections: [] });
    // The log says that somebody tried, as it does of everything; no number and no account.
    const log = await (await get(leo, `${page}/whatsapp/activity`)).text();
    expect(log).toContain(activity.kinds.number_choice_offered);
    expect(log).not.toMatch(/\+52/);
  });

  test("cannot ask again or choose, and asks Meta nothing by trying", async () => {
    const leo = await colleague();
    await connect(flow.ana, cadenas);
    const [before, asked] = [await attempts(flow.ana), spent()];
    expect(await look(leo)).toBe(failed("choice_expired"));
    expect(await choose(leo, NUMBER_IDS.cadenasSur2)).toBe(failed("choice_expired"));
    expect(spent()).toBe(asked);
    expect(await attempts(flow.ana)).toEqual(before);
  });

  test("cannot reach it by its id", async () => {
    const leo = await colleague();
    await connect(flow.ana, cadenas);
    const before = await attempts(flow.ana);
    const connectionId = before[0]?.id ?? expect.fail("no attempt");
    expect((await get(leo, `${page}/whatsapp/numbers/${connectionId}`)).status).toBe(404);
    expect((await post(leo, `${page}/whatsapp/numbers/${connectionId}`, { intent: "check" })).status).toBe(
      404,
    );
    await post(leo, `${page}/whatsapp/retry?step=registration`, { connectionId });
    await post(leo, `${api}/disconnect`, { connectionId });
    expect((await get(leo, `${page}/whatsapp/disconnect?connection=${connectionId}`)).status).toBe(303);
    expect(await attempts(flow.ana)).toEqual(before);
  });

  test("has an attempt of their own at the same time; each is continued by its person", async () => {
    const leo = await colleague();
    await connect(flow.ana, cadenas);
    const before = await attempts(flow.ana);
    await connect(leo, cadenas);
    expect(await attempts(flow.ana)).toEqual(before);
    expect(await choose(leo, NUMBER_IDS.cadenasSur2)).toBe(connectedPlace);
    expect(await attempts(flow.ana)).toEqual(before);
    expect(await card(flow.ana)).toContain(texts.integrations.choosing.action);
    expect(await look(flow.ana)).toBe(pickerPlace);
    expect(await choose(flow.ana, NUMBER_IDS.cadenasCentro1)).toBe(connectedPlace);
    const rows = await connections(flow.ana);
    expect(rows.map(({ status, attempted_by }) => [status, attempted_by])).toEqual([
      ["active", null],
      ["active", null],
    ]);
    // What is connected is everybody's.
    expect(await statusOf(leo)).toEqual(await statusOf(flow.ana));
  });

  test("who lacks a permission replaces nothing, and nobody else reads of it", async () => {
    const leo = await colleague();
    await connect(flow.ana, cadenas);
    const before = await attempts(flow.ana);
    const { state } = await begin(leo);
    const scopes = ["whatsapp_business_messaging"];
    expect(await comeBack(leo, { state, code: code(BUSINESS_IDS.luz, { scopes }) })).toBe(
      failed("permission_missing"),
    );
    expect(await attempts(flow.ana)).toEqual(before);
    const { title } = texts.channels.meta_whatsapp.reasons.permission_missing;
    expect(await card(leo)).toContain(title);
    const eva = await colleague();
    for (const other of [flow.ana, eva]) expect(await card(other)).not.toContain(title);
  });

  test("who disconnects everything ends no attempt of another's", async () => {
    const leo = await colleague();
    await connect(leo);
    await connect(flow.ana, cadenas);
    const before = await attempts(flow.ana);
    await leave(leo);
    expect(await attempts(flow.ana)).toEqual(before);
    expect(await statusOf(leo)).toMatchObject({ connected: false, status: "revoked" });
    await leave(flow.ana);
    expect(await attempts(flow.ana)).toMatchObject([{ status: "revoked", access_token_enc: null }]);
  });

  test("reads no word of an hour that ran out for somebody else", async () => {
    const leo = await colleague();
    await connect(flow.ana, cadenas);
    await connect(leo, cadenas);
    const over = "update channel_connections set choice_expires_at = '2020-01-01'";
    await sql(`${over} where attempted_by = $1`, [flow.ana.userId]);
    await requestDueChecks(
      { ...flow.product.services.integrations, clockDb: flow.product.database.as("app_clock") },
      "clock",
    );
    expect(await attempts(flow.ana)).toMatchObject([{ status: "revoked", access_token_enc: null }]);
    expect(await attempts(leo)).toMatchObject([{ status: "pending" }]);
    expect((await get(flow.ana, pickerPlace)).headers.get("location")).toBe(failed("choice_expired"));
    expect((await get(await colleague(), pickerPlace)).headers.get("location")).toBe(page);
  });
});

test("it is there for an hour", async () => {
  await connect(flow.ana, cadenas);
  const [row] = await sql<{ seconds: number }>(
    `select extract(epoch from choice_expires_at - now())::float8 as seconds
       from channel_connections where attempted_by = $1`,
    [flow.ana.userId],
  );
  expect(Math.abs((row?.seconds ?? 0) - 3_600)).toBeLessThan(60);
});

describe("it ends", () => {
  const endings: [string, (person: TestPerson) => Promise<unknown>][] = [
    ["with the membership", leaveWorkspace],
    [
      "when the membership is deleted, by whatever",
      ({ userId }) => sql("delete from memberships where user_id = $1", [userId]),
    ],
    [
      "when the person is disabled",
      ({ userId }) => sql("update users set disabled_at = now() where id = $1", [userId]),
    ],
  ];

  test.each(endings)("%s: the token is destroyed, the row revoked, and it is told", async (_how, end) => {
    const leo = await colleague();
    for (const person of [flow.ana, leo]) await connect(person, cadenas);
    const [mine] = await attempts(leo);
    const others = await attempts(flow.ana);
    await end(leo);
    const [row] = await sql(
      "select status, access_token_enc, token_expires_at, metadata from channel_connections where id = $1",
      [mine?.id],
    );
    expect(row).toMatchObject({ status: "revoked", access_token_enc: null, token_expires_at: null });
    expect(JSON.stringify(row)).not.toContain("choices");
    expect(
      await sql("select kind, actor_user_id from connection_events where connection_id = $1 order by id", [
        mine?.id,
      ]),
    ).toEqual([
      { kind: "number_choice_offered", actor_user_id: leo.userId },
      { kind: "attempt_ended", actor_user_id: null },
    ]);
    expect(await attempts(flow.ana)).toEqual(others);
    expect(await choose(flow.ana, NUMBER_IDS.cadenasSur2)).toBe(connectedPlace);
  });

  test("and does not come back with the person", async () => {
    const leo = await colleague();
    await connect(leo, cadenas);
    await leaveWorkspace(leo);
    await sql("insert into memberships values ($1, $2, 'member')", [leo.tenantId, leo.userId]);
    expect(await attempts(leo)).toEqual([]);
  });

  test("not with the role", async () => {
    const leo = await flow.product.person(flow.ana.tenantId, "admin");
    await connect(leo, cadenas);
    await sql("update memberships set role = 'member' where user_id = $1", [leo.userId]);
    expect(await choose(leo, NUMBER_IDS.cadenasSur2)).toBe(connectedPlace);
  });

  test("numbers that the person connected stay the workspace's", async () => {
    const leo = await colleague();
    await connect(leo);
    await leaveWorkspace(leo);
    expect(await statusOf(flow.ana)).toMatchObject({ connected: true });
  });

  test("also one that was connected in the row of their attempt, and that Meta broke", async () => {
    const leo = await colleague();
    await connect(leo);
    await sql("update channel_connections set attempted_by = $1, status = 'error' where tenant_id = $2", [
      leo.userId,
      leo.tenantId,
    ]);
    await leaveWorkspace(leo);
    expect(await statusOf(flow.ana)).toMatchObject({ status: "error" });
  });

  test("of one workspace, and not of another that the person is in", async () => {
    const leo = await colleague();
    const other = await flow.product.person();
    await sql("insert into memberships values ($1, $2, 'member')", [other.tenantId, leo.userId]);
    await connect(leo, cadenas);
    await leaveWorkspace({ ...leo, tenantId: other.tenantId });
    expect(await attempts(leo)).toMatchObject([{ status: "pending" }]);
  });
});
