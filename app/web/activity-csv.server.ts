/** The log of changes as a table that other programs open. */
import { stringify } from "csv-stringify/sync";
import { actorOfActivity, wordsOfActivity } from "../components/connect/activity-words.ts";
import type { ActivityView } from "../integrations/activity.server.ts";
import type { ChannelId } from "../integrations/catalog.ts";
import { activityTexts } from "../texts/activity.ts";
import "../texts/all.server.ts";
import { type Language, textsIn } from "../texts/catalogue.ts";

/** Rows of one file. */
export const mostRows = 10_000;

interface Table {
  channel: ChannelId;
  language: Language;
  items: ActivityView[];
  /** There are older ones that the file has no room for; its name says so. */
  more: boolean;
  now: Date;
}

/**
 * A file to keep, in the reader's language, with times in UTC. Marked as UTF-8 for spreadsheets, and with an apostrophe
 * before what they would take for a formula.
 */
export function activityCsv({ channel, language, items, more, now }: Table): Response {
  const texts = textsIn(language);
  const { columns } = activityTexts(texts).csv;
  const rows = items.map((item) => ({
    [columns.time]: new Date(item.at).toISOString(),
    [columns.what]: wordsOfActivity(texts, channel, item.kind),
    [columns.code]: item.kind,
    [columns.number]: item.phoneNumber ?? "",
    [columns.who]: actorOfActivity(texts, item),
    [columns.request]: item.requestId ?? "",
    [columns.reason]: item.reason ?? "",
  }));
  const text = stringify(rows, {
    columns: Object.values(columns),
    header: true,
    bom: true,
    escape_formulas: true,
    record_delimiter: "windows",
  });
  const name = `${channel}-activity-${now.toISOString().slice(0, 10)}${more ? `-newest-${mostRows}` : ""}.csv`;
  return new Response(text, {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="${name}"`,
      "Cache-Control": "no-store",
    },
  });
}
