/** What the card of a channel shows, out of everything that is known about the workspace's connections. */
import type { ConnectionView } from "../integrations/connections.server.ts";
import type { ReasonCode } from "../integrations/errors.ts";
import type { ConnectStep, StepState } from "../integrations/steps.ts";

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
  steps: StepView[];
  /** A step has failed or is under way: what has been done is worth showing without being asked for. */
  stepsOpen: boolean;
  /** The latest that Meta told, in its own code words. */
  latest: ConnectionView["latest"];
}

export interface StepView extends Omit<StepState, "result"> {
  /** `underWay`: we are at it. `waiting`: it comes when it comes. */
  result: StepState["result"] | "underWay";
  /** The name under which it can be tried alone; null where it cannot or need not be. */
  retry: "deliveries" | "registration" | null;
}

const expiresSoonMs = 14 * 24 * 60 * 60 * 1000;

export interface CardView {
  numbers: NumberView[];
  /** Meta has confirmed, and one of several numbers is to be chosen, none is there yet, or Meta has not told (`unread`). */
  choosing: "several" | "none" | "unread" | false;
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
    ...stepsOf(connection, trouble !== null),
    latest: connection.latest,
  };
}

/** They stand before the connect: without a record of their own they were not needed (a connect by hand, say). */
const beforeConnect: ConnectStep[] = [
  "state_checked",
  "code_exchanged",
  "access_seen",
  "account_found",
  "number_proved",
];
const alone = new Map<ConnectStep, NonNullable<StepView["retry"]>>([
  ["deliveries_on", "deliveries"],
  ["number_registered", "registration"],
]);

function stepsOf(connection: ConnectionView, inTrouble: boolean): Pick<NumberView, "steps" | "stepsOpen"> {
  const steps = connection.steps
    .filter(({ step, result }) => result !== "waiting" || !beforeConnect.includes(step))
    .map((state): StepView => {
      const retry = alone.get(state.step) ?? null;
      // Without access nothing is under way, and trying would only fail again.
      if (inTrouble || retry === null) return { ...state, retry: null };
      if (state.result === "waiting") return { ...state, result: "underWay", retry: null };
      return { ...state, retry: state.result === "failed" ? retry : null };
    });
  const open = steps.some(({ result, retry }) => result === "underWay" || retry !== null);
  return { steps, stepsOpen: open };
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
