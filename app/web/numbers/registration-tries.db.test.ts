import pg from "pg";
import { describe, expect, test } from "vitest";
import { withTenant } from "../../../db/client.ts";
import { forgetOutlived } from "../../../db/queries/deliveries/retention.ts";
import { takeRegistrationTry } from "../../../db/queries/numbers/registrations.ts";
import { EARLIER_PROVIDER_PIN, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import type { NumberRegistration } from "../../integrations/channel.server.ts";
import { listConnections } from "../../integrations/connection/connections.server.ts";
import { checkConnection } from "../../integrations/health/check.server.ts";
import { registerNumber } from "../../integrations/health/registration.server.ts";
import { action as retry } from "../../routes/settings.integrations_.$channel.retry.ts";
import { connectFlows } from "../testing/connect-flows.ts";
import { callRoute, type TestPerson } from "../testing/product.ts";

const { flow, ask, connect, connections, leave, jobs } = connectFlows();
const deps = () => flow.product.services.integrations;
const control = () => flow.product.sandbox.control;
const number = () => {
  const found = flow.product.sandbox.world.numbers[NUMBER_IDS.luz];
  if (!found) throw new Error("no number");
  return found;
};
const open = { platformType: "NOT_APPLICABLE", status: "PENDING" };
const calls = () =>
  control()
    .calls()
    .filter((call) => call.endpoint === "register").length;
/** Eight of the ten that Meta allows. */
const most = 8;
const hours = 3_600_000;

/** A number that another provider registered under a PIN of its own: Meta refuses each try, and counts it. */
async function connected(person: TestPerson = flow.ana): Promise<string> {
  Object.assign(number(), { ...open, pin: EARLIER_PROVIDER_PIN });
  await connect(person);
  return (await connections(person)).find(({ status }) => status === "active")?.id ?? "";
}
const run = (id: string, { tenantId }: TestPerson = flow.ana, lastAttempt = false) =>
  registerNumber(deps(), { tenantId, connectionId: id, requestId: "r-1", lastAttempt });
const press = (id: string, person: TestPerson = flow.ana) =>
  callRoute(
    retry,
    ask("/settings/integrations/whatsapp/retry?step=registration", person, {
      method: "POST",
      body: new URLSearchParams({ connectionId: id }),
    }),
  );
const seen = async (person: TestPerson = flow.ana) =>
  (await listConnections(deps(), person, "meta_whatsapp"))[0];
/** As if so many hours had passed since what was tried. */
async function pass(passed: number): Promise<void> {
  await control().advanceClock(passed * hours);
  await flow.product.database.sql(
    `update registration_tries set held_until = held_until - $1 * interval '1 hour',
       tried_at = array(select at - $1 * interval '1 hour' from unnest(tried_at) at)`,
    [passed],
  );
}
const expectAgainIn = (at: Date | null | undefined, hoursFromNow: number) =>
  expect(Math.abs((at?.getTime() ?? 0) - Date.now() - hoursFromNow * hours)).toBeLessThan(60_000);

describe("a number is tried eight times in 72 hours", () => {
  test("however often a person presses, whose button then says when it is possible again", async () => {
    const id = await connected();
    const answers: number[] = [];
    for (let pressed = 0; pressed < 15; pressed++) {
      const { status } = await press(id);
      answers.push(status);
      if (status === 303) await run(id);
    }
    expect(calls()).toBe(most);
    expect(answers).toEqual([...Array(most).fill(303), ...Array(15 - most).fill(429)]);
    const { registrationRefusal, registrationAgainAt } = (await seen()) ?? {};
    expect(registrationRefusal).toBe("pin_mismatch");
    expectAgainIn(registrationAgainAt, 72);
    // Refused, it leaves no trace and no job.
    expect(
      (await flow.product.database.sql("select from connection_events where kind = 'registration_retried'"))
        .length,
    ).toBe(most);
  });

  test("also when two ask at the same moment: the second sees what the first has counted", async () => {
    const id = await connected();
    for (let n = 1; n < most; n++) await run(id);
    const other = new pg.Client({ connectionString: flow.product.database.url });
    await other.connect();
    try {
      await other.query("begin");
      await other.query("select from registration_tries for update");
      const asking = withTenant(deps().db, flow.ana.tenantId, (tdb) => takeRegistrationTry(tdb, id));
      const waits = () =>
        flow.product.database.sql(
          "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
        );
      await expect.poll(waits, { timeout: 10_000 }).not.toEqual([]);
      await other.query("update registration_tries set tried_at = tried_at || clock_timestamp()");
      await other.query("commit");
      expect(await asking).toMatchObject({ kind: "held" });
    } finally {
      await other.end();
    }
  });

  test("also when the worker tries by itself because Meta's answers are lost", async () => {
    const id = await connected();
    control().addScenario({ endpoint: "register", outcome: { kind: "http", status: 502 } });
    for (let attempt = 1; attempt <= 25; attempt++) {
      flow.product.forgetTroubleWithMeta();
      await run(id, flow.ana, attempt === 25).catch((error: unknown) =>
        expect(String(error)).toMatch(/retry_later/),
      );
    }
    expect(calls()).toBe(most);
    expect((await seen())?.registrationRefusal).toBe("too_many_attempts");
    expectAgainIn((await seen())?.registrationAgainAt, 72);
  });

  test("also when it loses its registration again and again, and each check registers it anew", async () => {
    Object.assign(number(), open);
    await connect(flow.ana);
    const [{ id } = { id: "" }] = await connections(flow.ana);
    for (let look = 0; look < 12; look++) {
      await run(id);
      Object.assign(number(), open);
      await checkConnection(deps(), { tenantId: flow.ana.tenantId, connectionId: id, requestId: "r" });
    }
    expect(calls()).toBe(most);
  });

  test("also by reconnecting, in whichever row and workspace; another learns a time and nothing else", async () => {
    for (let round = 0; round < 3; round++) {
      await run(await connected());
      await leave(flow.ana);
    }
    const eva = await flow.product.person();
    const id = await connected(eva);
    for (let tried = 0; tried < 9; tried++) await run(id, eva);
    expect(calls()).toBe(most);
    expectAgainIn((await seen(eva))?.registrationAgainAt, 72);
    expect((await press(id, eva)).status).toBe(429);
    // Who does not hold the number asks in vain.
    const asked = await withTenant(deps().db, flow.ana.tenantId, (tdb) =>
      tdb
        .selectNoFrom((eb) => eb.fn("app.registration_again_at", [eb.cast(eb.val(id), "uuid")]).as("at"))
        .execute(),
    );
    expect(asked).toEqual([{ at: null }]);
  });

  test("also when many workers try at once", async () => {
    const id = await connected();
    await Promise.all(Array.from({ length: 12 }, () => run(id).catch(() => {})));
    expect(calls()).toBe(most);
  });

  test("and one more for each that lies 72 hours back", async () => {
    const id = await connected();
    for (let tried = 0; tried < 4; tried++) await run(id);
    await pass(71);
    for (let tried = 0; tried < 9; tried++) await run(id);
    expect(calls()).toBe(most);
    expectAgainIn((await seen())?.registrationAgainAt, 1);
    await pass(2);
    expect((await press(id)).status).toBe(303);
    for (let tried = 0; tried < 9; tried++) await run(id);
    expect(calls()).toBe(most + 4);
    expectAgainIn((await seen())?.registrationAgainAt, 70);
  });
});

test("a try is counted before Meta hears of it", async () => {
  const id = await connected();
  const { connectors } = deps();
  let counted: unknown;
  deps().connectors = {
    ...connectors,
    meta_whatsapp: {
      ...connectors.meta_whatsapp,
      registration: {
        ...(connectors.meta_whatsapp.registration as NumberRegistration),
        async register() {
          counted = await flow.product.database.sql(
            "select cardinality(tried_at) as tries from registration_tries",
          );
          throw new Error("the process ends here");
        },
      },
    },
  };
  await expect(run(id)).rejects.toThrow("the process ends here");
  expect(counted).toEqual([{ tries: 1 }]);
});

test("a number that is registered costs no try", async () => {
  await connect(flow.ana);
  const [{ id } = { id: "" }] = await connections(flow.ana);
  for (let tried = 0; tried < 3; tried++) await run(id);
  expect(await flow.product.database.sql("select from registration_tries")).toEqual([]);
});

describe("Meta says that it was too often", () => {
  test.each([133008, 133009, 133016])(
    "%s: nothing passes for 72 hours, then it is tried again",
    async (code) => {
      const id = await connected();
      control().addScenario({ endpoint: "register", times: 1, outcome: { kind: "graph_error", code } });
      await run(id);
      number().pin = null;
      expectAgainIn((await seen())?.registrationAgainAt, 72);
      await flow.product.database.sql("delete from graphile_worker._private_jobs");
      const refused = await press(id);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(71 * 3_600);
      expect(await jobs()).toEqual([]);
      await run(id);
      expect(calls()).toBe(1);
      await pass(73);
      expect((await press(id)).status).toBe(303);
      await run(id);
      expect(number().platformType).toBe("CLOUD_API");
    },
  );

  test("and nothing is kept of a number that nobody has tried for days", async () => {
    await run(await connected());
    await flow.product.database.sql("update registration_tries set updated_at = now() - interval '5 days'");
    await forgetOutlived(flow.product.database.as("app_clock"));
    expect(await flow.product.database.sql("select from registration_tries")).toEqual([]);
  });
});
