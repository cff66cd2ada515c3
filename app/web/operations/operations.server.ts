/** Who may see the operator's pages, as whom they act, and a replay as a form of theirs asks for it. */
import type { OperationsDeps } from "../../operations/deliveries.server.ts";
import { queryOf, readQuarantineNarrowing } from "../../operations/filters.ts";
import { replay } from "../../operations/quarantine.server.ts";
import { readRowId } from "../../platform/text.ts";
import { requestIdOf } from "../connect/channel-request.server.ts";
import { redirectWithNotice } from "../frame/frame.server.ts";
import { type Fields, readForm } from "../http/input.server.ts";
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

const listPath = "/operations/quarantine";

/** Replays and answers with the way back, where the outcome is told. */
export async function replayAsAsked(
  deps: OperationsDeps,
  actor: Parameters<typeof replay>[1],
  request: Request,
): Promise<Response> {
  const form = await readForm(request);
  const filter = readQuarantineNarrowing(form);
  const query = { reason: filter.reason, number: filter.phoneNumberId };
  const list = listPath + queryOf(query);
  if (form.get("all") === "yes") {
    const { items, goOnAfter } = await replay(deps, actor, {
      ...filter,
      after: readRowId(form.get("after")),
    });
    if (goOnAfter === null) return redirectWithNotice(request, list, outcomeOf(items));
    const next = `${listPath}/replay${queryOf({ ...query, after: goOnAfter })}`;
    return redirectWithNotice(request, next, "replay_begun_in_part");
  }
  const ids = idsOf(form);
  if (ids.length === 0) return redirectWithNotice(request, list, "nothing_selected");
  const { items } = await replay(deps, actor, { ids });
  return redirectWithNotice(
    request,
    form.get("from") === "item" ? `${listPath}/${ids[0]}` : list,
    outcomeOf(items),
  );
}

const outcomeOf = (items: number) => (items > 0 ? "replay_begun" : "nothing_to_replay");

/** A page has 50 of them. */
function idsOf(form: Fields): string[] {
  const ids = form.getAll("item").flatMap((one) => readRowId(one) ?? []);
  return [...new Set(ids)];
}
