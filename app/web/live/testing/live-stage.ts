import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type TenantDb, withTenant } from "#db/client.ts";
import * as meta from "../../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import * as events from "../../../routes/events.ts";
import { provideServices } from "../../services.server.ts";
import { callRoute, startTestProduct, type TestPerson, type TestProduct } from "../../testing/product.ts";
import { createLiveHub, type LiveHub, type LivePace } from "../live.server.ts";

export const pace: LivePace = { heartbeatMs: 40, lifetimeMs: 60_000, pauseMs: 1 };
/** No signs of life within a test: what ends a stream there is what it was told. */
export const calm: LivePace = { ...pace, heartbeatMs: 600_000 };

export interface OpenPage {
  /** What was heard since this was last asked. */
  heard: string[];
  signsOfLife: number;
  ended: boolean;
  cancel(): Promise<void>;
}

/** Starts the product for the file; before each test `ana` and `eva` are connected, and a hub listens. */
export function liveStage() {
  // Filled by the hooks, before any test looks.
  const on = {} as {
    product: TestProduct;
    live: LiveHub;
    ana: TestPerson & { connectionId: string };
    eva: TestPerson & { connectionId: string };
    /** Somebody else, open from the beginning. */
    witness: TestPerson & { page: OpenPage };
  };
  beforeAll(async () => {
    on.product = await startTestProduct();
  });
  afterAll(() => on.product.stop());
  beforeEach(async () => {
    await on.product.database.empty("tenants", "users", "webhook_deliveries");
    await startHub();
    on.ana = await connected(meta.phoneNumberId);
    on.eva = await connected("999000999000999");
    await allHeard();
  });
  afterEach(() => on.live.close());

  /** Listening from here on: whoever is open when that begins is told of everything, and later ones are not. */
  async function startHub(changed: Partial<LivePace> = {}) {
    await on.live?.close();
    on.live = createLiveHub({
      connectionString: on.product.database.url,
      log: on.product.services.log,
      pace: { ...pace, ...changed },
    });
    provideServices({ ...on.product.services, live: on.live });
    const person = await on.product.person();
    on.witness = { ...person, page: await open(person) };
    await expect.poll(() => [...on.witness.page.heard].sort()).toEqual(["connections", "conversations"]);
  }

  /** Notifications keep their order: what was sent before has arrived. */
  async function allHeard() {
    const { heard } = on.witness.page;
    const before = heard.length;
    await tellAll(on.witness, "connections");
    await expect.poll(() => heard.length, { interval: 5 }).toBeGreaterThan(before);
  }

  async function connected(phoneNumberId: string) {
    const person = await on.product.person();
    const [row] = await on.product.database.sql<{ id: string }>(
      `with c as (insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id)
                  values ($1, 'meta_whatsapp', 'active', '1', $2) returning id)
       insert into number_claims (provider, phone_number_id, tenant_id, connection_id, claimed_at)
       select 'meta_whatsapp', $2, $1, id, '2020-01-01' from c returning connection_id as id`,
      [person.tenantId, phoneNumberId],
    );
    return { ...person, connectionId: row?.id ?? "" };
  }

  const streamRequest = (person?: TestPerson, init: RequestInit = {}) =>
    new Request(`${on.product.origin}/events`, { ...init, headers: person ? { cookie: person.cookie } : {} });

  /** Two web processes' worth of hubs, both listening. */
  async function twoProcesses(): Promise<[LiveHub, LiveHub]> {
    await startHub(calm);
    const first = on.live;
    const second = createLiveHub({
      connectionString: on.product.database.url,
      log: on.product.services.log,
      pace: calm,
    });
    const page = await open(on.witness, second);
    await expect.poll(() => page.heard.length).toBeGreaterThan(1);
    return [first, second];
  }

  async function open(person: TestPerson, hub: LiveHub = on.live): Promise<OpenPage> {
    provideServices({ ...on.product.services, live: hub });
    const answer = await callRoute(events.loader, streamRequest(person), {});
    expect(answer.status).toBe(200);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const page: OpenPage = { heard: [], signsOfLife: 0, ended: false, cancel: () => reader.cancel() };
    void (async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const text = new TextDecoder().decode(part.value);
        const [, topic] = /^event: changed\ndata: (\w+)\n\n$/.exec(text) ?? [];
        if (topic) page.heard.push(topic);
        if (text === ":\n\n") page.signsOfLife++;
      }
      page.ended = true;
    })();
    return page;
  }

  async function tellAll({ tenantId }: TestPerson, ...topics: string[]) {
    for (const topic of topics)
      await on.product.database.sql(`select pg_notify('live', $1)`, [`${topic} ${tenantId}`]);
  }

  /** Each of them is still told of its own workspace. */
  async function expectOpen(pages: [TestPerson, OpenPage][]) {
    for (const [person, page] of pages) {
      const before = page.heard.length;
      await tellAll(person, "conversations");
      await expect.poll(() => page.heard.length).toBeGreaterThan(before);
      expect(page.ended).toBe(false);
    }
  }

  const asTenant = (person: TestPerson, work: (tdb: TenantDb) => Promise<unknown>) =>
    withTenant(on.product.services.db, person.tenantId, work);
  return {
    on,
    startHub,
    allHeard,
    connected,
    streamRequest,
    twoProcesses,
    open,
    tellAll,
    expectOpen,
    asTenant,
  };
}
