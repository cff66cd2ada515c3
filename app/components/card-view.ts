/** What the card of a channel shows, out of everything that is known about the workspace's connections. */
import type { ConnectionView } from "../integrations/connections.server.ts";
import type { ReasonCode } from "../integrations/errors.ts";

/** `attention`: connected once, and messages do not arrive or replies cannot go out. */
export type NumberState = "connected" | "starting" | "attention";

export interface NumberView {
  id: string;
  state: NumberState;
  /** As people read it. */
  number: string | null;
  displayName: string | null;
  since: Date;
  deliveries: ConnectionView["deliveries"];
  /** Why and since when it needs attention; null when Meta's access is fine. */
  trouble: { code: string; at: Date } | null;
  /** Why Meta did not register the number; null while it has not refused. */
  registrationRefusal: string | null;
  /** The last message, where messages usually come and none has for a day. */
  silentSince: Date | null;
  /** When Meta's access ends, once that is less than two weeks away. */
  endsAt: Date | null;
  /** For admins: another workspace, with rights to the number at Meta, asked for it at this time. */
  requestedAt: Date | null;
}

const expiresSoonMs = 14 * 24 * 60 * 60 * 1000;

export interface CardView {
  numbers: NumberView[];
  /** Meta has confirmed, and one of several numbers is to be chosen, or none is there yet. */
  choosing: "several" | "none" | false;
  /** The person has gone to Meta and not come back yet. */
  connecting: boolean;
  /** The last attempt ended for this reason and left no number behind. */
  failedAttempt: ReasonCode | null;
  /** There were connections, and none is left. */
  disconnected: boolean;
}

interface CardSetting {
  choosing?: CardView["choosing"];
  connecting?: boolean;
  isAdmin?: boolean;
  now?: Date;
}

export function cardView(
  connections: ConnectionView[],
  { choosing = false, connecting = false, isAdmin = false, now = new Date() }: CardSetting = {},
): CardView {
  const numbers = connections.filter(isNumber).map((connection) => numberView(connection, isAdmin, now));
  const failed = connections.find(({ status, phoneNumberE164 }) => status === "error" && !phoneNumberE164);
  return {
    numbers,
    choosing,
    connecting,
    failedAttempt: numbers.length === 0 && !choosing && failed ? attemptReason(failed) : null,
    disconnected: numbers.length === 0 && connections.some(wasNumber),
  };
}

/** Whoever takes the access back before a number was chosen has cancelled; else a permission was missing. */
function attemptReason({ error }: ConnectionView): ReasonCode {
  return error?.code === "deauthorized" ? "cancelled" : "permission_missing";
}

function isNumber({ status, phoneNumberE164 }: ConnectionView): boolean {
  return status === "active" || (status === "error" && phoneNumberE164 !== null);
}

function wasNumber({ status, phoneNumberE164 }: ConnectionView): boolean {
  return status === "revoked" && phoneNumberE164 !== null;
}

function numberView(connection: ConnectionView, isAdmin: boolean, now: Date): NumberView {
  const trouble = troubleOf(connection);
  const { registrationRefusal } = connection;
  const attention = trouble !== null || connection.deliveries === "failed" || registrationRefusal !== null;
  return {
    id: connection.id,
    state: attention ? "attention" : connection.deliveries === "starting" ? "starting" : "connected",
    number: connection.phoneNumber,
    displayName: connection.displayName,
    since: connection.connectedAt,
    deliveries: connection.deliveries,
    trouble,
    registrationRefusal: trouble ? null : registrationRefusal,
    silentSince: trouble ? null : connection.silentSince,
    endsAt: trouble || !endsSoon(connection, now) ? null : connection.tokenExpiresAt,
    requestedAt: isAdmin ? connection.requestedAt : null,
  };
}

function troubleOf({
  status,
  error,
  maySend,
  tokenExpiresAt,
  updatedAt,
}: ConnectionView): NumberView["trouble"] {
  if (status === "error") {
    return error ? { code: error.code, at: new Date(error.at) } : { code: "unknown", at: updatedAt };
  }
  return maySend ? null : { code: "token_expired", at: tokenExpiresAt ?? updatedAt };
}

function endsSoon({ tokenExpiresAt }: ConnectionView, now: Date): boolean {
  return tokenExpiresAt !== null && tokenExpiresAt.getTime() - now.getTime() < expiresSoonMs;
}
