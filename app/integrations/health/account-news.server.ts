/** How a connection stands after Meta has told something of its account. Pure. */
import type { ConnectionRow } from "../../../db/queries/connections/connections.ts";
import type { ConnectionErrorCode } from "../../../db/queries/connections/error-codes.ts";
import {
  type ConnectionFacts,
  factsOf,
  type Incident,
  withFacts,
} from "../../../db/queries/connections/facts.ts";
import type { AccountDetail } from "../channel-events.server.ts";

export interface AccountNews {
  field: string;
  event: string | null;
  detail: AccountDetail;
  /** Meta's times are whole seconds. */
  occurredAt: Date;
}

export interface AfterNews {
  status: ConnectionRow["status"];
  metadata: Record<string, unknown>;
  /** `outdated`: something newer was known. `noted`: kept, and what the tenant can do stays the same. */
  effect: "lost" | "regained" | "outdated" | "noted";
}

type Subject = Pick<ConnectionRow, "status" | "metadata" | "access_token_enc" | "phone_number_id">;

/**
 * Any order of the same news ends in the same state: each cause remembers when Meta last spoke of it (`told`), and
 * news of one cause never end another. The newest cause is `error`; the others that still hold stand in its `also`, so
 * whoever clears `error` clears them together. News from before the latest connect are outdated.
 */
export function afterNews(row: Subject, news: AccountNews): AfterNews {
  const turn = turnOf(news);
  const unchanged = { status: row.status, metadata: withFacts(row.metadata, {}), effect: "noted" as const };
  const after = turn ? afterTurn(row, turn, news.occurredAt) : unchanged;
  // Of the same second, a word may be outdated as a cause and still be the one to keep.
  const { connected_at } = factsOf(row);
  const slot = turn && isOver(news.occurredAt, connected_at) ? undefined : slotOf(news);
  return slot ? { ...after, metadata: withLatest(after.metadata, slot, news) } : after;
}

interface Turn {
  code: ConnectionErrorCode;
  lost: boolean;
}

const turns: Record<string, Turn> = {
  PARTNER_REMOVED: { code: "access_removed", lost: true },
  PARTNER_APP_UNINSTALLED: { code: "access_removed", lost: true },
  ACCOUNT_DELETED: { code: "account_deleted", lost: true },
  // The WhatsApp Business app moved to another phone: Meta usually reports it back within minutes.
  ACCOUNT_OFFBOARDED: { code: "offboarded", lost: true },
  ACCOUNT_RECONNECTED: { code: "offboarded", lost: false },
};
const bans: Record<string, Turn> = {
  DISABLE: { code: "account_disabled", lost: true },
  REINSTATE: { code: "account_disabled", lost: false },
};

function turnOf({ field, event, detail }: AccountNews): Turn | undefined {
  if (field !== "account_update" || event === null) return undefined;
  return event === "DISABLED_UPDATE" ? bans[String(detail.ban_state)] : turns[event];
}

function afterTurn(row: Subject, { code, lost }: Turn, occurredAt: Date): AfterNews {
  const { connected_at, told = {}, error } = factsOf(row);
  const lastTold = told[code];
  if (isOver(occurredAt, connected_at) || (lastTold && !isNews(occurredAt, lastTold, lost))) {
    return { status: row.status, metadata: withFacts(row.metadata, {}), effect: "outdated" };
  }
  const at = occurredAt.toISOString();
  const metadata = withFacts(row.metadata, { told: { ...told, [code]: at } });
  const before = row.status === "error" && error ? separate(error) : [];
  const others = before.filter((one) => one.code !== code);
  if (lost) {
    return {
      status: "error",
      metadata: withFacts(metadata, { error: together([...others, { code, at }]) }),
      effect: "lost",
    };
  }
  if (others.length === before.length) return { status: row.status, metadata, effect: "noted" };
  if (others.length > 0) {
    return {
      status: "error",
      metadata: withFacts(metadata, { error: together(others) }),
      effect: "regained",
    };
  }
  // Without a token there is nothing to work with again: only a person can connect.
  if (!row.access_token_enc || !row.phone_number_id) return { status: row.status, metadata, effect: "noted" };
  return { status: "active", metadata: withFacts(metadata, { error: undefined }), effect: "regained" };
}

/** Meta's second began and ended before the moment of the connect: the grant it speaks of was an earlier one. */
function isOver(occurredAt: Date, connectedAt: string | undefined): boolean {
  return connectedAt !== undefined && occurredAt.getTime() + 1000 <= Date.parse(connectedAt);
}

/** Of a loss and a return within the same second the return is believed: Meta says it when the loss is over. */
function isNews(occurredAt: Date, lastTold: string, lost: boolean): boolean {
  const last = Date.parse(lastTold);
  return lost ? occurredAt.getTime() > last : occurredAt.getTime() >= last;
}

function separate({ also = [], ...first }: NonNullable<ConnectionFacts["error"]>): Incident[] {
  return [first, ...also];
}

function together(incidents: Incident[]): Incident {
  const [newest, ...also] = incidents.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  if (!newest) throw new TypeError("No incident to tell of");
  return also.length > 0 ? { ...newest, also } : newest;
}

/** The fact that keeps the latest word on something. */
type Slot = "quality" | "name_status" | "limits" | "restriction";

/** Undefined for what is only recorded as an event. */
function slotOf({ field, event }: AccountNews): Slot | undefined {
  if (field === "phone_number_quality_update") return "quality";
  if (field === "phone_number_name_update") return "name_status";
  if (field === "business_capability_update") return "limits";
  const restricts = ["ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION", "DISABLED_UPDATE"];
  return field === "account_update" && restricts.includes(event ?? "") ? "restriction" : undefined;
}

function withLatest(
  metadata: Record<string, unknown>,
  slot: Slot,
  { event, detail, occurredAt }: AccountNews,
): Record<string, unknown> {
  const known = factsOf({ metadata })[slot];
  const word = { ...(event ? { event } : {}), ...detail, at: occurredAt.toISOString() };
  return known && orderOf(known) > orderOf(word) ? metadata : withFacts(metadata, { [slot]: word });
}

/** By time; of two words of the same second the end of a ban is the later one, and else always the same of them. */
function orderOf(word: Record<string, unknown> & { at: string }): string {
  const all = Object.entries(word)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `${word.at} ${Number(word.ban_state === "REINSTATE")} ${JSON.stringify(all)}`;
}
