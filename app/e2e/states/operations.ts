/** What platform staff see: deliveries, quarantine, numbers that nobody holds, jobs. */
import { expect, type Page } from "@playwright/test";
import { connectByMeta, grants, visitorOn } from "../journeys/flows.ts";
import { beSignedIn, control, often, origin, rows } from "../journeys/journey.ts";
import { leo, type State, script, untilProcessed, work, write } from "./world.ts";

const staff = "ops@curbe.example";
const path = "/operations";

/** Deliveries of every outcome: stored, of no concern, unreadable, and for numbers that nobody holds. */
async function muchArrived(page: Page): Promise<void> {
  await work(page, leo);
  await write([{ kind: "image", text: "Así la quiero" }]);
  for (const number of ["399000000000000991", "399000000000000991", "399000000000000993"]) {
    const unknown = { phoneNumberId: number, wabaId: "1", displayPhoneNumber: "1555", force: true };
    await control("/messages", { ...unknown, text: "¿Hay alguien?" });
  }
  await control("/raw", { text: "this is not JSON" });
  await control("/samples", {});
  await untilProcessed();
  await beSignedIn(page, staff);
}

async function oneOf(page: Page, table: string, where: string): Promise<string> {
  await muchArrived(page);
  const [row] = await rows<{ id: string }>(`select id from ${table} where ${where} order by id limit 1`);
  return row?.id ?? "";
}

/** Meta is away when deliveries are to be switched on. */
async function workFails(page: Page): Promise<void> {
  await script("subscribe", { kind: "http" });
  await beSignedIn(page, leo);
  await connectByMeta(await visitorOn(page), grants.ana);
  const failed = () => rows("select from graphile_worker.jobs where attempts > 0 and last_error is not null");
  await expect.poll(async () => (await failed()).length, often).toBeGreaterThan(0);
  // One of a kind that no page has words for.
  await rows("select graphile_worker.add_job('odd', '{}', run_at := now() + interval '1 day')");
  await beSignedIn(page, staff);
}

/** Asked for by name on every visit: a body is never shown by an address. */
async function shownBody(page: Page) {
  const id = await oneOf(page, "webhook_deliveries", "outcome = 'processed'");
  return async (visitor: Page) => {
    await visitor.goto(`${origin()}${path}/deliveries/${id}`);
    await visitor.locator("main form:not([action='/preferences']) button[type=submit]").first().click();
    await expect(visitor.locator("pre").first()).toBeVisible();
  };
}

const states: Omit<State, "group">[] = [
  {
    name: "nothing has arrived",
    arrange: (page) => beSignedIn(page, staff).then(() => path),
    says: ({ operations }) => operations.overview.nothing,
  },
  {
    name: "overview",
    arrange: (page) => muchArrived(page).then(() => path),
    says: ({ operations }) => operations.reasons.unknown_number,
  },
  {
    name: "deliveries",
    arrange: (page) => muchArrived(page).then(() => `${path}/deliveries`),
    says: ({ operations }) => operations.deliveries.caption,
  },
  {
    name: "one delivery",
    arrange: async (page) =>
      `${path}/deliveries/${await oneOf(page, "webhook_deliveries", "outcome = 'quarantined'")}`,
    says: ({ operations }) => operations.delivery.items,
  },
  {
    name: "a body that was asked for",
    arrange: shownBody,
    says: ({ operations }) => operations.delivery.body,
  },
  {
    name: "quarantine",
    arrange: (page) => muchArrived(page).then(() => `${path}/quarantine`),
    says: ({ operations }) => operations.quarantine.replaySelected,
  },
  {
    name: "quarantine, one reason",
    arrange: (page) => muchArrived(page).then(() => `${path}/quarantine?reason=unknown_number`),
    says: ({ operations }) => operations.quarantine.replayAll,
  },
  {
    name: "quarantine, nothing in it",
    arrange: (page) => beSignedIn(page, staff).then(() => `${path}/quarantine`),
    says: ({ operations }) => operations.quarantine.empty,
  },
  {
    name: "before replaying all of a filter",
    arrange: (page) => muchArrived(page).then(() => `${path}/quarantine/replay?reason=unknown_number`),
    says: ({ operations }) => operations.confirm.lead,
  },
  {
    name: "one item of the quarantine",
    arrange: async (page) =>
      `${path}/quarantine/${await oneOf(page, "delivery_quarantine", "reason = 'unknown_number'")}`,
    says: ({ operations }) => operations.item.replay,
  },
  {
    name: "numbers that nobody holds",
    arrange: (page) => muchArrived(page).then(() => `${path}/numbers`),
    says: ({ operations }) => operations.numbers.caption,
  },
  {
    name: "jobs, none left to do",
    arrange: (page) => muchArrived(page).then(() => `${path}/jobs`),
    says: ({ operations }) => operations.jobs.noneGivenUp,
  },
  {
    name: "jobs, one that fails and waits to be tried again",
    arrange: (page) => workFails(page).then(() => `${path}/jobs`),
    says: ({ operations }) => [operations.jobs.caption, "odd"],
  },
];

export const operationsStates: State[] = states.map((state) => ({ group: "operations", ...state }));
