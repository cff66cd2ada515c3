/** What the frame of every page says needs somebody: one entry for each problem, without what its reader has hidden. */
import type { Problem } from "../../components/frame/incident-banner.tsx";
import {
  adminsToAsk,
  type TroubledNumber,
  troubledNumbers,
} from "../../integrations/health/incidents.server.ts";
import { services } from "../services.server.ts";
import type { Viewer } from "../session/session.server.ts";
import { hiddenIncidents, incidentOf } from "./dismissals.server.ts";

/** The longest first. The frame also stands around the page that says what failed: it does without what it cannot learn. */
export async function problemsFor(request: Request, viewer: Viewer): Promise<Problem[]> {
  const { integrations, log } = services();
  const { tenantId, userId, role } = viewer;
  try {
    const hidden = hiddenIncidents(request, integrations.now());
    const shown = (await troubledNumbers(integrations, tenantId))
      .map((number) => ({ ...number, incident: incidentOf(userId, number) }))
      .filter(({ incident }) => !hidden.has(incident));
    if (shown.length === 0) return [];
    return byProblem(shown, role === "admin" ? [] : await adminsToAsk(integrations, tenantId));
  } catch (error) {
    log.warn("numbers in trouble could not be read", { tenant_id: tenantId, error });
    return [];
  }
}

function byProblem(shown: (TroubledNumber & { incident: string })[], admins: string[]): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { channel, code, since, phoneNumber, connectionId, incident } of shown) {
    const key = `${channel} ${code}`;
    const nothing = { numbers: [], connectionIds: [], incidents: [] };
    const problem = problems.get(key) ?? { channel, code, since, ...nothing, admins };
    problem.numbers.push(phoneNumber);
    problem.connectionIds.push(connectionId);
    problem.incidents.push(incident);
    problems.set(key, problem);
  }
  return [...problems.values()];
}
