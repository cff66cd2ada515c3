/** What a WhatsApp grant reaches, asked of Meta with the token itself and never believed of a browser. */
import { z } from "zod";
import type { Secret } from "../../../../platform/secret.server.ts";
import type { Reach, ReachableNumber, ReachStep } from "../../../channel.server.ts";
import type { ChannelError } from "../../../channel-error.server.ts";
import type { MetaAppConfig } from "../../app-config.server.ts";
import type { GraphClient } from "../../graph.server.ts";
import { GraphError } from "../../graph-error.server.ts";
import { metaUserId } from "../../signed-request.server.ts";

const id = z.coerce.string().regex(/^\d{1,64}$/);
const debugAnswer = z.object({
  data: z.object({
    app_id: id.optional(),
    is_valid: z.boolean(),
    // Whose token it is matters only for the obligations: an odd one must not fail a connect.
    user_id: metaUserId.optional().catch(undefined),
    // What a date can hold; anything else is an answer of another shape.
    expires_at: z.number().min(0).max(253_402_300_799).optional(),
    scopes: z.array(z.string()).default([]),
    granular_scopes: z.array(z.object({ scope: z.string(), target_ids: z.array(id).optional() })).default([]),
    error: z.object({ code: z.number().optional(), subcode: z.number().optional() }).optional(),
  }),
});
type TokenFacts = z.infer<typeof debugAnswer>["data"];

const page = <Item extends z.ZodType>(item: Item) =>
  z.object({
    data: z.array(item),
    paging: z
      .object({ cursors: z.object({ after: z.string() }).partial().optional(), next: z.string() })
      .partial()
      .optional(),
  });
const numberAnswer = page(
  z.object({ id, display_phone_number: z.string(), verified_name: z.string().optional() }),
);
const wabaAnswer = page(z.object({ id }));

/** Ends a listing that never ends: 100 a page, 2,000 in all. */
const pagesAtMost = 20;

/**
 * Checks that the token is alive and was made for our app (else `GraphError` of kind "reconnect": a token of another
 * app must never be stored), then unites the targets of both WhatsApp scopes and lists the numbers of each WABA.
 */
export async function findReach(config: MetaAppConfig, graph: GraphClient, token: Secret): Promise<Reach> {
  const facts = await inspectToken(config, graph, token);
  const reach = {
    scopes: facts.scopes,
    expiresAt: facts.expires_at ? new Date(facts.expires_at * 1000) : undefined,
    metaUserId: facts.user_id,
  };
  const missingPermissions = missing(facts);
  if (missingPermissions.length > 0) return { ...reach, missingPermissions, accountIds: [], numbers: [] };
  const wabaIds = grantedWabas(facts) ?? (await wabasOfPortfolios(graph, token, facts));
  const numbers = await numbersOf(graph, token, wabaIds);
  return { ...reach, missingPermissions, accountIds: wabaIds, numbers };
}

/** At which step `findReach` met this. */
export function reachStepOf({ endpoint }: ChannelError): ReachStep {
  if (endpoint === "debug_token") return "access_seen";
  return endpoint === "phone_numbers" ? "number_proved" : "account_found";
}

async function inspectToken(config: MetaAppConfig, graph: GraphClient, token: Secret): Promise<TokenFacts> {
  const { data } = await graph
    .call({
      endpoint: "debug_token",
      path: ["debug_token"],
      // Meta takes the token to inspect only as a parameter; our own app token stays in the header.
      query: { input_token: token.reveal() },
      auth: "app",
      schema: debugAnswer,
      urgent: true,
    })
    .catch((error: unknown) => {
      // Refused for its input, which is the token: that is how Meta answers for a token of another app.
      if (!(error instanceof GraphError)) throw error;
      if (error.kind === "rejected")
        throw new GraphError("reconnect", { ...error.facts, note: "token of another app" });
      // Refused for who asks: that says nothing about the token in question.
      if (error.kind === "reconnect")
        throw new GraphError("rejected", { ...error.facts, note: "our app token was refused" });
      throw error;
    });
  if (!data.is_valid || data.app_id !== config.appId) {
    const note = data.is_valid ? "token of another app" : "token is not valid";
    const { code, subcode } = data.error ?? {};
    throw new GraphError("reconnect", { endpoint: "debug_token", code, subcode, note });
  }
  return data;
}

/** Since June 2026 some tokens name manage_events where management was granted: either will do, listing proves it. */
function missing({ scopes }: TokenFacts): string[] {
  const manages = ["whatsapp_business_management", "whatsapp_business_manage_events"].some((one) =>
    scopes.includes(one),
  );
  return [
    ...(manages ? [] : ["whatsapp_business_management"]),
    ...(scopes.includes("whatsapp_business_messaging") ? [] : ["whatsapp_business_messaging"]),
  ];
}

/** The union over the WhatsApp scopes, or undefined when none names targets, which means "all of them". */
function grantedWabas({ granular_scopes }: TokenFacts): string[] | undefined {
  const named = granular_scopes
    .filter(({ scope }) => scope.startsWith("whatsapp_business_"))
    .flatMap(({ target_ids }) => (target_ids === undefined ? [] : [target_ids]));
  // An empty list is a list: a grant of no account.
  return named.length > 0 ? [...new Set(named.flat())] : undefined;
}

/** A scope without targets holds for every asset: ask which portfolios, then which WABAs they share or own. */
async function wabasOfPortfolios(graph: GraphClient, token: Secret, facts: TokenFacts): Promise<string[]> {
  const named = facts.granular_scopes.find(({ scope }) => scope === "business_management")?.target_ids ?? [];
  const portfolios = named.length > 0 ? named : await ownPortfolio(graph, token);
  const found: string[] = [];
  for (const portfolio of portfolios) {
    for (const edge of ["client_whatsapp_business_accounts", "owned_whatsapp_business_accounts"]) {
      const wabas = await everyPage(
        graph,
        token,
        "portfolio_wabas",
        [portfolio, edge],
        { fields: "id" },
        wabaAnswer,
      );
      found.push(...wabas.map((waba) => waba.id));
    }
  }
  return [...new Set(found)];
}

async function ownPortfolio(graph: GraphClient, token: Secret): Promise<string[]> {
  // Its id is asked for so that an answer of another shape is known as one.
  const schema = z.object({ id, client_business_id: id.optional() });
  const me = await graph.call({
    endpoint: "me",
    path: ["me"],
    query: { fields: "id,client_business_id" },
    auth: token,
    schema,
    urgent: true,
  });
  return me.client_business_id ? [me.client_business_id] : [];
}

/**
 * A number may be reported under two WABAs: it is offered once. A WABA that the grant names and Meta then refuses is
 * left out, unless that leaves nothing to offer.
 */
async function numbersOf(graph: GraphClient, token: Secret, wabaIds: string[]): Promise<ReachableNumber[]> {
  const found = new Map<string, ReachableNumber>();
  let refusal: GraphError | undefined;
  for (const wabaId of wabaIds) {
    try {
      for (const number of await numbersOfWaba(graph, token, wabaId)) {
        if (!found.has(number.phoneNumberId)) found.set(number.phoneNumberId, number);
      }
    } catch (error) {
      if (!(error instanceof GraphError) || error.kind !== "permission") throw error;
      refusal = error;
    }
  }
  if (found.size === 0 && refusal) throw refusal;
  return [...found.values()];
}

async function numbersOfWaba(graph: GraphClient, token: Secret, wabaId: string): Promise<ReachableNumber[]> {
  const query = { fields: "id,display_phone_number,verified_name" };
  const numbers = await everyPage(
    graph,
    token,
    "phone_numbers",
    [wabaId, "phone_numbers"],
    query,
    numberAnswer,
  );
  return numbers.map((number) => ({
    accountId: wabaId,
    phoneNumberId: number.id,
    e164: `+${number.display_phone_number.replace(/\D/g, "")}`,
    displayName: number.verified_name || number.display_phone_number,
  }));
}

/** Follows the cursor and never `paging.next`: that URL is Meta's text and carries the token. */
async function everyPage<Item>(
  graph: GraphClient,
  token: Secret,
  endpoint: string,
  path: string[],
  query: Record<string, string>,
  schema: z.ZodType<{
    data: Item[];
    paging?: { cursors?: { after?: string | undefined } | undefined; next?: string | undefined } | undefined;
  }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < pagesAtMost; pages++) {
    const cursor: Record<string, string> = after === undefined ? {} : { after };
    const answer = await graph.call({
      endpoint,
      path,
      query: { limit: "100", ...query, ...cursor },
      auth: token,
      schema,
      urgent: true,
    });
    items.push(...answer.data);
    after = answer.paging?.next ? answer.paging.cursors?.after : undefined;
    if (after === undefined) break;
  }
  return items;
}
