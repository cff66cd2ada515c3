/** A connection as people and pages see it, made of its row. Pure. */
import type { ConnectionRow } from "../../../db/queries/connections/connections.ts";
import { type ConnectionFacts, factsOf } from "../../../db/queries/connections/facts.ts";
import type { SeenOfNumber } from "../../../db/queries/numbers/number-claims.ts";
import type { ConnectionStatus } from "../../../db/schema.ts";
import { inGroups } from "../../platform/phone-number.server.ts";
import { type ChannelId, channels } from "../catalog.ts";
import type { Registration } from "../channel.server.ts";
import { stepStates } from "../connect/setup-progress.server.ts";
import type { StepState } from "../connect/setup-steps.ts";

export interface ConnectionView {
  id: string;
  channel: ChannelId;
  status: ConnectionStatus;
  /** It has or had a number; else it is an attempt to connect one. */
  isOfNumber: boolean;
  phoneNumberE164: string | null;
  /** As people read it: `+52 55 1234 5678`. */
  phoneNumber: string | null;
  displayName: string | null;
  tokenExpiresAt: Date | null;
  /** Of the latest connect: a reconnect uses the same row. */
  connectedAt: Date;
  updatedAt: Date;
  error: { code: string; at: string } | null;
  /** Whether Meta has confirmed that it delivers this number's events to us. */
  deliveries: "starting" | "on" | "failed";
  /** The platform said that the number is not registered, and it is being asked to. */
  isRegistering: boolean;
  /** Why Meta did not register the number, so that it receives nothing; null while it has not refused. */
  registrationRefusal: string | null;
  /** From when on the number may be registered again; null where that is now. */
  registrationAgainAt: Date | null;
  /** The number lives on in an app on somebody's phone. */
  onPhone: boolean;
  /** What became of asking for that app's conversations of before; null while they have not been asked for. */
  history: HistoryState | null;
  /** The last message, where messages usually come and none has for a day; null otherwise. */
  silentSince: Date | null;
  maySend: boolean;
  /** Somebody with rights to the number at Meta asked for it from another workspace, last at this time. */
  requestedAt: Date | null;
  /** Somebody does without the test message. A reconnect asks for it again, unless something has come meanwhile. */
  testSkipped: boolean;
  /** When the platform's assistant last took part in a conversation of the number, in the last days; else null. */
  agentSeenAt: Date | null;
  /** Every step towards a working number, in order. */
  steps: StepState[];
  /** The latest that Meta told of the number or its account. */
  latest: Record<LatestKind, LatestWord | null>;
}

/** `arriving`: so many percent of it. `declined`: the owner of the phone keeps it back. */
export type HistoryState =
  | { state: "asked" | "complete" | "declined" | "too_late" | "refused" }
  | { state: "arriving"; percent: number };

/** `qualityNews`, `name`: what Meta decided. `limit`: conversations a day. `restriction`: what it did to the account. */
type LatestKind = "qualityNews" | "limit" | "name" | "restriction";

interface LatestWord {
  /** Meta's own code word. */
  word: string;
  at: Date;
}

/** An assistant that was not seen for so long answers no more. */
const agentGoneMs = 7 * 24 * 60 * 60 * 1000;

/** `seen`: what came for the number since it was claimed; undefined where nobody holds it. */
export function viewOf(row: ConnectionRow, seen: SeenOfNumber | undefined, now: Date): ConnectionView {
  const channel = row.provider as ChannelId;
  const facts = factsOf(row);
  const { connected_at, silent_since, registration, deliveries, error } = facts;
  return {
    id: row.id,
    channel,
    status: row.status,
    isOfNumber: row.phone_number_id !== null || row.phone_number_e164 !== null,
    phoneNumberE164: row.phone_number_e164,
    phoneNumber: row.phone_number_e164 && inGroups(row.phone_number_e164),
    displayName: row.display_name,
    tokenExpiresAt: row.token_expires_at,
    connectedAt: connected_at ? new Date(connected_at) : row.created_at,
    updatedAt: row.updated_at,
    error: error ? { code: error.code, at: error.at } : null,
    deliveries: deliveries?.state ?? "starting",
    isRegistering: registration?.result === "open",
    registrationRefusal: registration?.result === "failed" ? (registration.code ?? "unknown") : null,
    registrationAgainAt: still(registration?.again_at, now),
    onPhone: registration?.code === ("on_phone" satisfies Registration),
    history: historyOf(facts),
    silentSince: silent_since ? new Date(silent_since) : null,
    maySend: maySend(row, now),
    requestedAt: row.requested_at,
    testSkipped: facts.test_skipped_at !== undefined,
    agentSeenAt: recent(seen?.agentSeenAt ?? null, now),
    steps: stepStates(facts, seen?.firstEventAt ?? null).filter(
      ({ step }) => step !== "number_registered" || channels[channel].hasRegistration,
    ),
    latest: latestOf(facts),
  };
}

function recent(at: Date | null, now: Date): Date | null {
  return at && now.getTime() - at.getTime() < agentGoneMs ? at : null;
}

function historyOf({ history }: ConnectionFacts): HistoryState | null {
  if (!history) return null;
  const { progress, declined_at, chats } = history;
  // What has come was shared, whatever else was told of it.
  if (progress !== undefined)
    return progress >= 100 ? { state: "complete" } : { state: "arriving", percent: Math.floor(progress) };
  if (declined_at) return { state: "declined" };
  return chats ? { state: chats.result } : null;
}

/** A time that has not come yet. */
function still(time: string | undefined, now: Date): Date | null {
  const at = time === undefined ? null : new Date(time);
  return at && at > now ? at : null;
}

function latestOf({ quality, name_status, restriction }: ConnectionFacts): ConnectionView["latest"] {
  const latest = (word: string | undefined, at: string | undefined) =>
    word && at ? { word, at: new Date(at) } : null;
  return {
    qualityNews: latest(quality?.event, quality?.at),
    limit: latest(quality?.current_limit?.toString(), quality?.at),
    name: latest(name_status?.event, name_status?.at),
    // One event tells of a ban and of its end.
    restriction: latest(restriction?.ban_state ?? restriction?.event, restriction?.at),
  };
}

/**
 * The one decision whether anything may be sent through a connection. Only an active one with a live token says yes;
 * a revoked one has no token and says no from the moment its disconnect is committed.
 */
export function maySend(
  connection: Pick<ConnectionRow, "status" | "access_token_enc" | "token_expires_at">,
  now: Date,
): boolean {
  if (connection.status !== "active" || connection.access_token_enc === null) return false;
  return connection.token_expires_at === null || connection.token_expires_at > now;
}
