/** Which connected numbers need a person, for every page to say so. */
import { withTenant } from "../../../db/client.ts";
import { incidentOf } from "../../../db/queries/connections/facts.ts";
import {
  type IncidentRow,
  listAdminAddresses,
  listIncidents,
} from "../../../db/queries/connections/incidents.ts";
import { inGroups } from "../../platform/phone-number.server.ts";
import { type ChannelId, isChannelId } from "../catalog.ts";
import type { IntegrationDeps } from "../deps.server.ts";

export interface OpenIncident {
  connectionId: string;
  channel: ChannelId;
  /** As people read it. */
  phoneNumber: string;
  /** One of the codes of an incident, or another that nobody has words for. */
  code: string;
  since: Date;
}

/** The longest first; the same numbers that the cards show as such. One query, of this tenant's rows only. */
export async function openIncidents(
  deps: Pick<IntegrationDeps, "db" | "now">,
  tenantId: string,
): Promise<OpenIncident[]> {
  const rows = await withTenant(deps.db, tenantId, (tdb) => listIncidents(tdb, tenantId, deps.now()));
  return rows.flatMap(incidentsIn).sort((a, b) => a.since.getTime() - b.since.getTime());
}

function incidentsIn(row: IncidentRow): OpenIncident[] {
  const { connectionId, provider: channel, isBroken, tokenExpiresAt, updatedAt } = row;
  // Of a channel that this version does not have: it has no card to lead to.
  if (!isChannelId(channel)) return [];
  const number = { connectionId, channel, phoneNumber: inGroups(row.phoneNumberE164) };
  if (!isBroken) return [{ ...number, code: "token_expired", since: tokenExpiresAt ?? updatedAt }];
  const error = incidentOf(row.error);
  return [{ ...number, code: error?.code ?? "unknown", since: error ? new Date(error.at) : updatedAt }];
}

/** Whom somebody may ask who cannot help themselves: a few of the workspace's admins, by e-mail. */
export async function adminsToAsk(deps: Pick<IntegrationDeps, "db">, tenantId: string): Promise<string[]> {
  return withTenant(deps.db, tenantId, (tdb) => listAdminAddresses(tdb, 3));
}
