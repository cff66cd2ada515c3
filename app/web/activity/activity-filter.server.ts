/** The filter of the log of changes as it stands in an address. */
import {
  type ActivityFilter,
  activityActors,
  activityGroups,
  activityPeriods,
  wholeActivity,
} from "../../integrations/connection/activity-filter.ts";
import { readUuid } from "../../platform/text.ts";
import { type Fields, oneOf } from "../http/input.server.ts";

/** What is none of ours leaves nothing out. A number is named by its connection: it stands in no address itself. */
export function readActivityFilter(query: Fields): ActivityFilter {
  return {
    group: oneOf(activityGroups, query.get("what")) ?? null,
    connectionId: readUuid(query.get("number")) ?? null,
    actor: oneOf(activityActors, query.get("who")) ?? null,
    days: oneOf(activityPeriods, query.get("days")) ?? wholeActivity.days,
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
