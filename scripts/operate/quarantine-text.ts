/** The words of `npm run quarantine`. */
import type {
  QuarantineItem,
  QuarantineLine,
  ReasonSummary,
} from "../../db/queries/operators/quarantine-review.ts";

/** Ids and paths are Meta's text: nothing of them may move a terminal's cursor or fill its page. */
function plain(text: string | null): string {
  if (text === null || text === "") return "-";
  const shown = text.replace(/[^\x21-\x7e]+/g, " ").trim();
  return shown.length > 100 ? `${shown.slice(0, 99)}…` : shown;
}

const time = (at: Date | null) => (at ? `${at.toISOString().slice(0, 19)}Z` : "-");

function columns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** One line for each item, the newest first. */
export function itemTable(items: QuarantineLine[], limit: number): string {
  if (items.length === 0) return "No such item is in quarantine.";
  const head = ["ID", "SET ASIDE", "REASON", "NUMBER", "DELIVERY", "PLACE", "DETAIL"];
  const rows = items.map((item) => [
    item.id,
    time(item.setAsideAt),
    item.reason,
    plain(item.phoneNumberId),
    item.deliveryId,
    plain(item.path),
    plain(item.detail),
  ]);
  const more = items.length === limit ? `\n(the newest ${limit}; there may be more)` : "";
  return columns([head, ...rows]) + more;
}

export function itemFacts(item: QuarantineItem): string {
  const again = item.reopenedAt ? `, opened again ${time(item.reopenedAt)}` : "";
  return columns([
    ["item", item.id],
    ["reason", item.reason],
    ["place", plain(item.path)],
    ["detail", plain(item.detail)],
    ["number", plain(item.phoneNumberId)],
    ["set aside", time(item.setAsideAt)],
    ["replayed", item.replayedAt ? time(item.replayedAt) : "no"],
    ["delivery", item.deliveryId],
    ["channel", plain(item.provider)],
    ["request id", plain(item.requestId)],
    ["received", time(item.receivedAt)],
    ["size", `${item.sizeBytes} bytes`],
    ["state", `${item.outcome ?? "open: waits for a worker"}${again}`],
  ]);
}

/** `numbers` are those with most items. */
export function summaryText(
  byReason: ReasonSummary[],
  numbers: { phoneNumberId: string; items: number }[],
  now: Date,
): string {
  if (byReason.length === 0) return "Nothing is in quarantine.";
  const days = (since: Date) => `${Math.floor((now.getTime() - since.getTime()) / 86_400_000)} days ago`;
  const reasons = byReason.map(({ reason, items, deliveries, oldestReceivedAt: oldest }) => [
    reason,
    String(items),
    String(deliveries),
    `${time(oldest)} (${days(oldest)})`,
  ]);
  const table = columns([["REASON", "ITEMS", "DELIVERIES", "OLDEST RECEIVED"], ...reasons]);
  if (numbers.length === 0) return table;
  const rows = numbers.map(({ phoneNumberId, items }) => [plain(phoneNumberId), String(items)]);
  return `${table}\n\n${columns([["NUMBER", "ITEMS"], ...rows])}`;
}
