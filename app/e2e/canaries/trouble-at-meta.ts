/** What goes wrong between us and Meta: on the way back from it, in what it answers, with what it gave. */
import { expect } from "@playwright/test";
import { BUSINESS_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { api, begin, connect, mint, settings } from "./everyday.ts";
import { type CanaryProduct, random } from "./product.ts";

/** Ways back from Meta that end nowhere. */
export async function refusedReturns(product: CanaryProduct): Promise<void> {
  const { canary, control } = product;
  const person = await product.person();
  const back = async (query: Record<string, string>) =>
    person.visitor.get(`${api}/callback?${new URLSearchParams({ state: await begin(person), ...query })}`);
  await back({ code: canary("code", `AQ${random()}`) });
  await back({ error: "access_denied", error_description: canary("what Meta says", `said-${random()}`) });
  await back({ error_code: "1349195", error_message: canary("what Meta says", `said-${random()}`) });
  await person.visitor.get(
    `${api}/callback?state=${random()}&code=${await mint(product, { businessId: BUSINESS_IDS.bea })}`,
  );
  await connect(product, person, { businessId: BUSINESS_IDS.norte, scopes: [] });
  await connect(product, person, { businessId: BUSINESS_IDS.norte, appId: "900300000000000107" });
  await person.visitor.post(`${api}/callback`, {
    state: await begin(person),
    code: canary("code", `AQ${random()}`),
  });
  await control("/reset", {});
}

/** Each way in which Meta does not answer as it should, on each call of a connect, with what it says marked. */
export async function troubleAtMeta(product: CanaryProduct): Promise<void> {
  const { canary, control } = product;
  const said = () => canary("what Meta says", `said-${random()}`);
  const outcomes = () => [
    { kind: "graph_error", code: 190, subcode: 463, message: `Malformed access token ${said()}` },
    { kind: "graph_error", status: 500, code: 1, message: said() },
    { kind: "http", status: 502, body: `<h1>${said()}</h1>` },
    { kind: "wrong_shape", body: { access_token: [said()], data: { [said()]: said() } } },
    { kind: "reset_before" },
    { kind: "redirect", location: `http://127.0.0.1:9/?said=${said()}` },
    { kind: "rate_limited" },
  ];
  for (const endpoint of ["exchange", "debug_token", "phone_numbers"]) {
    const person = await product.person();
    for (const outcome of outcomes()) {
      await control("/scenarios", { endpoint, outcome, times: outcome.kind === "reset_before" ? 2 : 1 });
      await connect(product, person, { businessId: BUSINESS_IDS.norte });
      await person.visitor.post(`${settings}/whatsapp/choose-number`, { intent: "look" });
      await control("/reset", {});
    }
  }
}

/** Somebody who is connecting while Meta does not answer; ends when it is given up, with whatever they are shown. */
export async function unanswered(product: CanaryProduct): Promise<{ ended: Promise<unknown> }> {
  const { control, graph } = product;
  const from = graph.calls.length;
  await control("/scenarios", { endpoint: "phone_numbers", outcome: { kind: "hang", ms: 12_000 }, times: 1 });
  const ended = connect(product, await product.person(), { businessId: BUSINESS_IDS.norte });
  const isAsked = () => graph.calls.slice(from).some(({ line }) => line.includes("/phone_numbers"));
  await expect.poll(isAsked, { intervals: [20] }).toBe(true);
  return { ended };
}

/** A kept grant, and a token that does not open. */
export async function keptGrant(product: CanaryProduct): Promise<void> {
  const { control, database } = product;
  const person = await product.person();
  await control("/scenarios", {
    endpoint: "phone_numbers",
    outcome: { kind: "graph_error", status: 500, code: 2 },
  });
  await connect(product, person, { businessId: BUSINESS_IDS.norte });
  await person.visitor.get(`${settings}/whatsapp/choose-number`);
  await person.visitor.post(`${settings}/whatsapp/choose-number`, { intent: "look" });
  await database.sql(
    "update channel_connections set access_token_enc = reverse(access_token_enc) where tenant_id = $1",
    [person.tenantId],
  );
  await control("/reset", {});
  await person.visitor.post(`${settings}/whatsapp/choose-number`, { intent: "look" });
}
