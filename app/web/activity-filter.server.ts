/** The filter of the log of changes as it stands in an address. */
import {
  type ActivityFilter,
  activityActors,
  activityGroups,
  activityPeriods,
  wholeActivity,
} from "../integrations/activity-filter.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What is none of ours leaves nothing out. A number is named by its connection: it stands in no address itself. */
export function readActivityFilter(query: URLSearchParams): ActivityFilter {
  const number = query.get("number") ?? "";
  return {
    group: activityGroups.find((group) => group === query.get("what")) ?? null,
    connectionId: uuid.test(number) ? number.toLowerCase() : null,
    actor: activityActors.find((actor) => actor === query.get("who")) ?? null,
    days: activityPeriods.find((days) => String(days) === query.get("days")) ?? wholeActivity.days,
  };
}

/** The same filter as an address; empty for the one that leaves nothing out. */
export function writeActivityFilter({ group, connectionId, actor, days }: ActivityFilter): string {
  const query = new URLSearchParams();
  if (group) query.set("what", group);
  if (connectionId) query.set("number", connectionId);
  if (actor) query.set("who", actor);
  if (days !== wholeActivity.days) query.set("days", String(days));
  return query.toString();
}
