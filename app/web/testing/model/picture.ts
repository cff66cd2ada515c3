/** Both sides of the comparison: the picture that the model has, and the one that is read from the product. For tests. */
import { WABA_IDS } from "../../../../scripts/meta-sandbox/world/world.ts";
import { maySend } from "../../../integrations/connection/connection-view.server.ts";
import { TokenVaultError } from "../../../integrations/crypto.server.ts";
import { type IntegrationDeps, tokenPlace } from "../../../integrations/deps.server.ts";
import type { TestProduct } from "../product.ts";
import { isAlive, type Model, opens } from "./model.ts";
import { type Facts, type Item, named, type Picture } from "./terms.ts";

const wabaIds = [WABA_IDS.luz, WABA_IDS.norte];

export function pictureOf(model: Model): Picture {
  const aside: Record<string, number> = {};
  for (const { items, aside: reasons } of model.deliveries) {
    for (const [place, { number }] of items.entries()) {
      const what = `number ${number}: ${reasons[place]}`;
      if (reasons[place]) aside[what] = (aside[what] ?? 0) + 1;
    }
  }
  const connections = [...model.connections].map(([name, { token, ...connection }]) => {
    const seal = token === null ? "none" : opens(model, token) ? "opens" : "sealed";
    return [name, { ...connection, token: seal, maySend: token !== null && isAlive(model, token) }] as const;
  });
  return {
    connections: Object.fromEntries(connections),
    claims: model.claims.map((spells) =>
      spells.map(({ workspace, until, isHeard }) => ({
        workspace,
        isOpen: !Number.isFinite(until),
        isHeard,
      })),
    ),
    messages: model.messages,
    aside,
    isSubscribed: model.isSubscribed,
    openDeliveries: model.deliveries.filter(({ isOpen }) => isOpen).length,
  };
}

interface ConnectionFacts {
  id: string;
  tenant: string;
  number: string;
  status: "active" | "revoked";
  token: string | null;
  endsAt: string | null;
  deliveries: string | null;
  isAsked: boolean;
}

interface Rows {
  connections: ConnectionFacts[];
  claims: { tenant: string; number: string; isOpen: boolean; isHeard: boolean }[];
  messages: { id: string; tenant: string; number: string; status: Item["status"] }[];
  aside: { number: string; reason: string }[];
  openDeliveries: number;
  jobs: number;
}

/** All in one snapshot: nothing moves in between. */
const look = `
  with c as (
    select *, coalesce(phone_number_id, metadata->>'former_phone_number_id') as number from channel_connections),
  pictures as (select
    (select json_agg(json_build_object('id', id, 'tenant', tenant_id, 'number', number, 'status', status,
       'token', access_token_enc, 'endsAt', token_expires_at, 'deliveries', metadata->'deliveries'->>'state',
       'isAsked', requested_at is not null)) from c) as connections,
    (select json_agg(json_build_object('tenant', tenant_id, 'number', phone_number_id,
       'isOpen', released_at is null, 'isHeard', first_event_at is not null) order by claimed_at)
       from number_claims) as claims,
    (select json_agg(json_build_object('id', m.provider_message_id, 'tenant', m.tenant_id, 'number', c.number,
       'status', m.status)) from messages m join conversations v on v.tenant_id = m.tenant_id
       and v.id = m.conversation_id join c on c.id = v.connection_id) as messages,
    (select json_agg(json_build_object('number', phone_number_id, 'reason', reason))
       from delivery_quarantine where replayed_at is null) as aside,
    (select count(*)::int from webhook_deliveries where processed_at is null) as "openDeliveries",
    (select count(*)::int from graphile_worker.jobs where task_identifier = 'process_deliveries') as jobs)
  select coalesce(connections, '[]') as connections, coalesce(claims, '[]') as claims,
         coalesce(messages, '[]') as messages, coalesce(aside, '[]') as aside, "openDeliveries", jobs from pictures`;

/** Reads the product as it is now. Throws when deliveries are open and no job waits to take them up. */
export async function pictureOfProduct(
  { database, sandbox }: Pick<TestProduct, "database" | "sandbox">,
  deps: IntegrationDeps,
  tenantIds: string[],
  numberIds: string[],
): Promise<Picture> {
  const [rows] = await database.sql<Rows>(look);
  if (!rows) throw new Error("no picture");
  if (rows.openDeliveries > 0 && rows.jobs === 0) throw new Error("deliveries are open and no job waits");
  const place = <Row extends { tenant: string; number: string }>({ tenant, number }: Row) => ({
    workspace: tenantIds.indexOf(tenant),
    number: numberIds.indexOf(number),
  });
  const connections = rows.connections.map((row) => {
    const { workspace, number } = place(row);
    return [named(workspace, number), factsOf(deps, row)] as const;
  });
  if (new Map(connections).size < connections.length) throw new Error("two connections of one number");
  const aside: Record<string, number> = {};
  for (const { number, reason } of rows.aside) {
    const what = `number ${numberIds.indexOf(number)}: ${reason}`;
    aside[what] = (aside[what] ?? 0) + 1;
  }
  return {
    connections: Object.fromEntries(connections),
    claims: numberIds.map((number) =>
      rows.claims
        .filter((claim) => claim.number === number)
        .map((claim) => ({
          workspace: place(claim).workspace,
          isOpen: claim.isOpen,
          isHeard: claim.isHeard,
        })),
    ),
    messages: Object.fromEntries(rows.messages.map((row) => [row.id, { ...place(row), status: row.status }])),
    aside,
    openDeliveries: rows.openDeliveries,
    isSubscribed: wabaIds.map((id) =>
      (sandbox.world.wabas[id]?.subscribedApps ?? []).some(
        (app) => app.id === deps.connectors.meta_whatsapp.appId,
      ),
    ),
  };
}

function factsOf(deps: IntegrationDeps, row: ConnectionFacts): Facts {
  const { id, tenant, status, token, endsAt, deliveries, isAsked } = row;
  if ((status === "active") !== (token !== null))
    throw new Error(`${status}, and a token of ${token?.length}`);
  const connection = { status, access_token_enc: token, token_expires_at: endsAt ? new Date(endsAt) : null };
  const opened = token === null ? "none" : isOpened(deps, token, tenant, id) ? "opens" : "sealed";
  return { deliveries, isAsked, token: opened, maySend: maySend(connection, deps.now()) };
}

function isOpened({ vault }: IntegrationDeps, sealed: string, tenantId: string, id: string): boolean {
  try {
    return vault.decryptToken(sealed, tokenPlace(tenantId, id)).reveal().length > 0;
  } catch (error) {
    if (error instanceof TokenVaultError && error.code === "unknown_key") return false;
    throw error;
  }
}
