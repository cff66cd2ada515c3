/** What the frame of every page says needs somebody: one entry for each cause, without what its reader has hidden. */
import type { IncidentGroup } from "../../components/frame/incident-banner.tsx";
import { adminsToAsk, type OpenIncident, openIncidents } from "../../integrations/health/incidents.server.ts";
import { services } from "../services.server.ts";
import type { Viewer } from "../session/session.server.ts";
import { hiddenIncidents, hidingKeyOf } from "./hidden-incidents.server.ts";

/** The longest first. The frame also stands around the page that says what failed: it does without what it cannot learn. */
export async function incidentsFor(request: Request, viewer: Viewer): Promise<IncidentGroup[]> {
  const { integrations, log } = services();
  const { tenantId, userId, role } = viewer;
  try {
    const hidden = hiddenIncidents(request, integrations.now());
    const shown = (await openIncidents(integrations, tenantId))
      .map((number) => ({ ...number, hidingKey: hidingKeyOf(userId, number) }))
      .filter(({ hidingKey }) => !hidden.has(hidingKey));
    if (shown.length === 0) return [];
    return byCause(shown, role === "admin" ? [] : await adminsToAsk(integrations, tenantId));
  } catch (error) {
    log.warn("incidents could not be read", { tenant_id: tenantId, error });
    return [];
  }
}

function byCause(shown: (OpenIncident & { hidingKey: string })[], admins: string[]): IncidentGroup[] {
  const groups = new Map<string, IncidentGroup>();
  for (const { channel, code, since, phoneNumber, connectionId, hidingKey } of shown) {
    const key = `${channel} ${code}`;
    const nothing = { numbers: [], connectionIds: [], hidingKeys: [] };
    const group = groups.get(key) ?? { channel, code, since, ...nothing, admins };
    group.numbers.push(phoneNumber);
    group.connectionIds.push(connectionId);
    group.hidingKeys.push(hidingKey);
    groups.set(key, group);
  }
  return [...groups.values()];
}
