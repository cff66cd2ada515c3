/** What the card of a channel shows, out of everything that is known about the workspace's connections. */

import type { ReasonCode } from "../../integrations/connect/reasons.ts";
import type { ConnectStep, StepState } from "../../integrations/connect/setup-steps.ts";
import type { ConnectionView } from "../../integrations/connection/connection-view.server.ts";
import type { LatestMessage } from "../../integrations/health/number-health.server.ts";

/**
 * `attention`: connected once, and messages do not arrive or replies cannot go out. `awaitingTest`: everything is done
 * that we can do, and only a message proves that they arrive.
 */
export type NumberState = "starting" | "awaitingTest" | "connected" | "attention" | "disconnected";

/** Sending the number its first message. */
export interface NumberTest {
  /** Opens the channel's app, or its page, at the number. */
  link: string;
  /** Of the link: modules along a side, and what of them is dark as a path of an SVG. */
  qr: { size: number; path: string };
}

export interface NumberView {
  id: string;
  state: NumberState;
  /** As people read it. */
  number: string | null;
  displayName: string | null;
  since: Date;
  /** When our access ends; null when Meta names no end. */
  accessEndsAt: Date | null;
  deliveries: ConnectionView["deliveries"];
  /** When anything came for the number since it is ours: from then on it works. */
  firstEventAt: Date | null;
  testSkipped: boolean;
  /** Given where the test is to be shown. */
  test: NumberTest | null;
  latestMessage: LatestMessage | null;
  /** Why and since when it needs attention; null when Meta's access is fine. */
  incident: { code: string; at: Date } | null;
  /** Why Meta did not register the number; null while it has not refused. */
  registrationRefusal: string | null;
  onPhone: boolean;
  history: ConnectionView["history"];
  /** The last message, where messages usually come and none has for a day. */
  silentSince: Date | null;
  /** When the platform's assistant was last seen to answer for the number; null when it does not. */
  agentSeenAt: Date | null;
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
  /** From when on it can be tried again, where that is not now. */
  againAt: Date | null;
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
  /** By connection. */
  latestMessages?: ReadonlyMap<string, LatestMessage>;
}

export function cardView(connections: ConnectionView[], setting: CardSetting = {}): CardView {
  const { choosing = false, connecting = false } = setting;
  const all = connections.filter(isNumber).map((connection) => numberView(connection, setting));
  const needsSomebody = ({ state }: NumberView) => state === "attention";
  const numbers = [...all.filter(needsSomebody), ...all.filter((number) => !needsSomebody(number))];
  const failed = connections.find(({ status, isOfNumber }) => status === "error" && !isOfNumber);
  return {
    numbers,
    choosing,
    connecting,
    failedAttempt: numbers.length === 0 && !choosing && failed ? attemptReason(failed) : null,
    disconnected: numbers.length === 0 && connections.some(wasNumber),
  };
}

/** The number that was connected last. */
export function newestOf(numbers: NumberView[]): NumberView | undefined {
  return numbers.toSorted((a, b) => new Date(b.since).getTime() - new Date(a.since).getTime())[0];
}

/** Whoever takes the access back before a number was chosen has cancelled; else a permission was missing. */
function attemptReason({ error }: ConnectionView): ReasonCode {
  return error?.code === "deauthorized" ? "cancelled" : "permission_missing";
}

function isNumber({ status, isOfNumber }: ConnectionView): boolean {
  return status === "active" || (status === "error" && isOfNumber);
}

function wasNumber({ status, isOfNumber }: ConnectionView): boolean {
  return status === "revoked" && isOfNumber;
}

/** One number, whether it is connected or was. */
export function numberView(
  connection: ConnectionView,
  { isAdmin = false, now = new Date(), latestMessages }: CardSetting = {},
): NumberView {
  const isOver = connection.status === "revoked";
  const incident = isOver ? null : incidentOf(connection);
  const still = incident === null && !isOver;
  return {
    id: connection.id,
    state: stateOf(connection, incident),
    number: connection.phoneNumber,
    displayName: connection.displayName,
    since: connection.connectedAt,
    accessEndsAt: connection.tokenExpiresAt,
    deliveries: connection.deliveries,
    firstEventAt: markOf(connection, "first_event_seen")?.at ?? null,
    testSkipped: connection.testSkipped,
    test: null,
    latestMessage: latestMessages?.get(connection.id) ?? null,
    incident,
    registrationRefusal: still ? connection.registrationRefusal : null,
    onPhone: connection.onPhone,
    history: isOver ? null : connection.history,
    silentSince: still ? connection.silentSince : null,
    agentSeenAt: isOver ? null : connection.agentSeenAt,
    endsAt: still && endsSoon(connection, now) ? connection.tokenExpiresAt : null,
    requestedAt: isAdmin ? connection.requestedAt : null,
    ...stepsOf(connection, still),
    latest: connection.latest,
  };
}

function stateOf(connection: ConnectionView, incident: NumberView["incident"]): NumberState {
  const { status, deliveries, isRegistering, registrationRefusal, testSkipped } = connection;
  if (status === "revoked") return "disconnected";
  if (incident || deliveries === "failed" || registrationRefusal !== null) return "attention";
  // Registered once and not any more, say: what arrived before proves nothing then.
  if (deliveries === "starting" || isRegistering) return "starting";
  // Else what has arrived proves more than any step that we have taken.
  if (markOf(connection, "first_event_seen")?.result === "done") return "connected";
  // Not every channel has this step.
  const registered = markOf(connection, "number_registered");
  if (registered && registered.result !== "done") return "starting";
  return testSkipped ? "connected" : "awaitingTest";
}

function markOf({ steps }: ConnectionView, step: ConnectStep): StepState | undefined {
  return steps.find((one) => one.step === step);
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

/** Without access (not `alive`) nothing is under way, and trying would only fail again. */
function stepsOf(connection: ConnectionView, alive: boolean): Pick<NumberView, "steps" | "stepsOpen"> {
  const steps = connection.steps
    .filter(({ step, result }) => result !== "waiting" || !beforeConnect.includes(step))
    .map((state): StepView => {
      const retry = alone.get(state.step) ?? null;
      if (!alive || retry === null) return { ...state, retry: null, againAt: null };
      if (state.result === "waiting") return { ...state, result: "underWay", retry: null, againAt: null };
      const againAt =
        state.result === "failed" && retry === "registration" ? connection.registrationAgainAt : null;
      return { ...state, retry: state.result === "failed" && againAt === null ? retry : null, againAt };
    });
  const needsLook = ({ result, retry, againAt }: StepView) =>
    result === "underWay" || retry !== null || againAt !== null;
  const open = steps.some(needsLook);
  return { steps, stepsOpen: open };
}

function incidentOf({
  status,
  error,
  maySend,
  tokenExpiresAt,
  updatedAt,
}: ConnectionView): NumberView["incident"] {
  if (status === "error") {
    return error ? { code: error.code, at: new Date(error.at) } : { code: "unknown", at: updatedAt };
  }
  return maySend ? null : { code: "token_expired", at: tokenExpiresAt ?? updatedAt };
}

function endsSoon({ tokenExpiresAt }: ConnectionView, now: Date): boolean {
  return tokenExpiresAt !== null && tokenExpiresAt.getTime() - now.getTime() < expiresSoonMs;
}
