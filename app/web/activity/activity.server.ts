/** The log of changes: its filter as it stands in an address, and the file that other programs open. */
import { stringify } from "csv-stringify/sync";
import { actorOfActivity, wordsOfActivity } from "../../components/connect/activity-words.ts";
import { type ChannelId, channels } from "../../integrations/catalog.ts";
import type { ActivityView } from "../../integrations/connection/activity.server.ts";
import {
  type ActivityFilter,
  activityActors,
  activityGroups,
  activityPeriods,
  wholeActivity,
} from "../../integrations/connection/activity-filter.ts";
import { readUuid } from "../../platform/text.ts";
import { textsIn } from "../../texts/catalogue.ts";
import type { Language } from "../../texts/languages.ts";
import { pageTexts } from "../../texts/pages.ts";
import { type Fields, oneOf } from "../http/input.server.ts";
import "../../texts/all.server.ts";

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

/** Rows of one file. */
export const mostRows = 10_000;

interface Table {
  channel: ChannelId;
  language: Language;
  /** Newest first. */
  steps: AsyncGenerator<ActivityView[]>;
  /** There are older ones that the file has no room for; its name says so. */
  more: boolean;
  now: Date;
  /** Told when the last row has been written, or nobody reads on; may be told again. */
  onEnd: () => void;
}

/**
 * A file to keep, in the reader's language, with times in UTC. Marked as UTF-8 for spreadsheets, and with an apostrophe
 * before what they would take for a formula. Written as it is read, so that whoever waits meanwhile gets their turn.
 */
export function activityCsv(table: Table): Response {
  const { channel, steps, more, now, onEnd } = table;
  const name = `${channels[channel].path}-activity-${now.toISOString().slice(0, 10)}${more ? `-newest-${mostRows}` : ""}.csv`;
  let isFirst = true;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value: items = [] } = await steps.next();
          if (isFirst || !done) controller.enqueue(new TextEncoder().encode(rowsOf(table, items, isFirst)));
          isFirst = false;
          if (!done) return;
          onEnd();
          controller.close();
        } catch (error) {
          onEnd();
          controller.error(error);
        }
      },
      async cancel() {
        onEnd();
        await steps.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="${name}"`,
      "Cache-Control": "no-store",
    },
  });
}

function rowsOf({ channel, language }: Table, items: ActivityView[], withHead: boolean): string {
  const texts = textsIn(language);
  const { columns } = pageTexts(texts).activity.csv;
  const rows = items.map((item) => ({
    [columns.time]: new Date(item.at).toISOString(),
    [columns.what]: wordsOfActivity(texts, channel, item.kind),
    [columns.code]: item.kind,
    [columns.number]: item.phoneNumber ?? "",
    [columns.who]: actorOfActivity(texts, item),
    [columns.request]: item.requestId ?? "",
    [columns.reason]: item.reason ?? "",
  }));
  return stringify(rows, {
    columns: Object.values(columns),
    header: withHead,
    bom: withHead,
    escape_formulas: true,
    record_delimiter: "windows",
  });
}
