/**
 * Every address of the product, and what it may spend at Meta: an action without a row here fails, and so does a budget
 * that nothing spends.
 */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { BUSINESS_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { api } from "../testing/connect-flows.ts";
import { browser, type Fields, graphActs } from "../testing/graph-acts.ts";
import { pathOf } from "../testing/route-parameters.ts";
import { actionBudgets, type BudgetedAction } from "./action-budgets.server.ts";

const { connect, post, get, spent, work, connected, acts, admin } = graphActs();

/** What an action spends: budgets that hold it, `once` for what ends by itself, `nothing`; with bodies to show that. */
type Row = { budgets: BudgetedAction[]; also?: Fields[] } | { once: true } | { nothing: Fields[] };

const rows: Record<string, Row> = {
  "api.integrations.meta.$channel.start": { budgets: ["start"] },
  "api.integrations.meta.$channel.callback": { budgets: ["callback"] },
  // A person who leaves is never refused. Each connection has one teardown, and was paid by its start.
  "api.integrations.meta.$channel.disconnect": { once: true },
  "api.integrations.meta.$channel.status": { nothing: [{}] },
  "settings.integrations_.$channel.choose-number": {
    budgets: ["look", "choose"],
    also: [{ phoneNumberId: "" }],
  },
  "settings.integrations_.$channel.number": { nothing: [{ intent: "look" }] },
  "settings.integrations_.$channel.numbers.$id": {
    budgets: ["check"],
    also: [{ intent: "skip" }, { intent: "x" }],
  },
  "settings.integrations_.$channel.retry": {
    budgets: ["retry_deliveries", "retry_registration"],
    also: [{}],
  },
  "settings.integrations_.$channel.manual": { budgets: ["manual"], also: [{ wabaId: "1" }] },
  // Signed by Meta, or refused.
  "webhooks.meta.$channel": { nothing: [{ object: "whatsapp_business_account" }] },
  "webhooks.meta.deauthorize": { nothing: [{ signed_request: "a.b" }] },
  "webhooks.meta.data-deletion": { nothing: [{ signed_request: "a.b" }] },
  $: { nothing: [{}] },
  events: { nothing: [{}] },
  login: { nothing: [{ email: "a@b.example", password: "wrong" }] },
  "login_.forgot": { nothing: [{ email: "a@b.example" }] },
  "login_.reset": { nothing: [{ token: "x".repeat(43), password: "an odd and long one" }] },
  account: { nothing: [{}] },
  logout: { nothing: [{}] },
  preferences: { nothing: [{ language: "es", returnTo: "/" }] },
  "incidents.hide": { nothing: [{ incidents: "x", returnTo: "/" }] },
  "operations_.deliveries_.$id": { nothing: [{ purpose: "x" }] },
  "operations_.quarantine_.replay": { nothing: [{ ids: "1" }] },
};

interface Route {
  id: string;
  hasAction: boolean;
}

async function routes(): Promise<Route[]> {
  const folder = new URL("../../routes/", import.meta.url);
  const files = readdirSync(folder).filter((name) => /\.tsx?$/.test(name));
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(new URL(file, folder).href)) as object;
      return { id: file.replace(/\.tsx?$/, ""), hasAction: "action" in module };
    }),
  );
}

const placeOf = (route: string, id: string) =>
  `/${pathOf(route).replace(":channel", "whatsapp").replace(":id", id).replace(":code", "0".repeat(32)).replace("*", "nowhere")}`;

describe("the inventory", () => {
  test("has a row for every action, and none for what is gone", async () => {
    const actions = (await routes()).filter(({ hasAction }) => hasAction).map(({ id }) => id);
    expect(actions.length).toBeGreaterThan(15);
    expect(Object.keys(rows).sort()).toEqual(actions.sort());
    const used = Object.values(rows).flatMap((row) => ("budgets" in row ? row.budgets : []));
    expect(used.sort()).toEqual(Object.keys(actionBudgets).sort());
  });

  test("what is said to spend nothing, does", async () => {
    const person = await admin();
    const id = await connected(person);
    const before = spent();
    for (const [route, row] of Object.entries(rows)) {
      const bodies = "nothing" in row ? row.nothing : "budgets" in row ? (row.also ?? []) : [];
      for (const body of bodies) {
        const { status } = await post(await admin(person.tenantId), placeOf(route, id), body);
        expect(status, route).toBeLessThan(500);
        await work();
        expect(spent(), `${route} ${JSON.stringify(body)}`).toBe(before);
      }
    }
  });

  test("leaving asks Meta once for each connection, however often it is pressed", async () => {
    const person = await admin();
    await connected(person);
    const before = spent();
    expect((await post(person, `${api}/disconnect`)).status).toBe(303);
    await work();
    const ofOne = spent();
    expect(ofOne).toBeGreaterThan(before);
    for (let pressed = 0; pressed < 20; pressed++) {
      expect((await post(person, `${api}/disconnect`)).status).toBe(303);
      await work();
    }
    expect(spent()).toBe(ofOne);
  });

  test("no page asks Meta anything by being looked at, or fetched before anybody looks", async () => {
    const person = await admin();
    const id = await connected(person);
    await connect(person, BUSINESS_IDS.cadenas);
    await acts.manual(person);
    await work();
    const before = spent();
    const seen: string[] = [];
    for (const route of (await routes()).filter(({ id: name }) => name !== "events")) {
      for (const headers of [browser, { ...browser, "sec-purpose": "prefetch" }, { accept: "*/*" }]) {
        const { status } = await get(person, placeOf(route.id, id), headers);
        expect(status, route.id).toBeLessThan(500);
        if (status === 200) seen.push(route.id);
        await work();
        expect(spent(), route.id).toBe(before);
      }
    }
    for (const page of [
      "settings.integrations",
      "settings.integrations_.$channel.choose-number",
      "conversations",
    ])
      expect(seen).toContain(page);
  });
});
