/** Who may see the operator's pages, and as whom they act. */
import type { OperationsDeps } from "../../operations/deliveries.server.ts";
import { requestIdOf } from "../connect/channel-request.server.ts";
import { services } from "../services.server.ts";
import { requireViewer, type Viewer } from "../session/session.server.ts";

/** The viewer, of the platform's staff; for everybody else who is signed in there is no such page. */
export async function requireStaff(request: Request): Promise<Viewer> {
  const viewer = await requireViewer(request);
  if (viewer.isStaff) return viewer;
  throw new Response(null, { status: 404 });
}

/** For whoever `requireStaff` let pass. */
export function operationsDeps(): OperationsDeps {
  return { db: services().operatorDb };
}

/** What is written down with everything they do. */
export function operatorOf({ userId }: Viewer, request: Request) {
  return { userId, requestId: requestIdOf(request) };
}
