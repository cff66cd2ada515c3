/** A replay as a form asks for it: of the items that were chosen, of one, or of all that a filter has. */
import type { OperationsDeps } from "../../operations/deliveries.server.ts";
import { queryOf, readQuarantineNarrowing } from "../../operations/filters.ts";
import { replay } from "../../operations/quarantine.server.ts";
import { readRowId } from "../../platform/text.ts";
import { redirectWithNotice } from "../frame/frame.server.ts";
import { type Fields, readForm } from "../http/input.server.ts";

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
