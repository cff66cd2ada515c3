import { randomUUID } from "node:crypto";
import { numbersOf, type Person, type Waba, type World, wabasOf } from "../world/world.ts";

/** Where a dialog leads when it ends: back by redirect, to the page that opened it as a popup, or nowhere in particular. */
export type Ending =
  | { kind: "redirect"; redirectUri: string; state: string | null }
  | PopupEnding
  | { kind: "hosted"; redirectUri: string | null; state: string | null };

export interface PopupEnding {
  kind: "popup";
  /** The opener's origin, one of the app's own; messages go nowhere else. */
  origin: string;
  /** Ties the answer to one call of FB.login. */
  channel: string;
  /** false: FB.login was not asked for a code, so it answers with an access token. */
  wantsCode: boolean;
  sessionInfoVersion: number | null;
}

/** What the app asked for when it opened the dialog, already checked. */
export interface AuthorizationRequest {
  clientId: string;
  ending: Ending;
  scopes: string[];
  /** scope without config_id and without extras.feature, where Meta may open the bare dialog. */
  isPlainScope: boolean;
}

export type NumberChoice = "existing" | "new" | "none";

/** One person's way through one opened dialog. */
export interface DialogSession {
  id: string;
  request: AuthorizationRequest;
  personId: string | null;
  businessId: string | null;
  wabaIds: string[];
  newWabaName: string | null;
  numberChoice: NumberChoice;
  numberIds: string[];
  newNumber: { displayName: string; phone: string };
  /** Where the dialog ended; pressing the button again leads to the same place, code included. */
  finishedAt: string | null;
  granted: boolean;
  /** What the last page of a popup posts to its opener, in this order. */
  popupMessages: string[];
}

export interface DialogSessions {
  open(request: AuthorizationRequest): DialogSession;
  find(id: string): DialogSession | null;
  clear(): void;
}

const KEPT_SESSIONS = 500;

export function createDialogSessions(): DialogSessions {
  const sessions = new Map<string, DialogSession>();
  return {
    open: (request) => {
      const session = blankSession(request);
      sessions.set(session.id, session);
      const oldest = sessions.keys().next().value;
      if (sessions.size > KEPT_SESSIONS && oldest !== undefined) sessions.delete(oldest);
      return session;
    },
    find: (id) => sessions.get(id) ?? null,
    clear: () => sessions.clear(),
  };
}

export const STEPS = ["sign-in", "business", "accounts", "numbers", "review"] as const;
export type Step = (typeof STEPS)[number];

/** Signs a person in and preselects the sensible defaults of every later page. */
export function signIn(world: World, session: DialogSession, person: Person): void {
  session.personId = person.id;
  chooseBusiness(world, session, person.businessIds[0] ?? null);
}

export function chooseBusiness(world: World, session: DialogSession, businessId: string | null): void {
  const business = businessId === null ? undefined : world.businesses[businessId];
  session.businessId = business?.id ?? null;
  const first = business ? wabasOf(world, business.id)[0] : undefined;
  const proposedName = business ? business.name : null;
  chooseAccounts(world, session, first ? [first.id] : [], first ? null : proposedName);
}

export function chooseAccounts(
  world: World,
  session: DialogSession,
  wabaIds: string[],
  newWabaName: string | null,
): void {
  session.wabaIds = wabaIds;
  session.newWabaName = newWabaName;
  session.numberIds = wabaIds.flatMap((id) => numbersOf(world, id)).map((number) => number.id);
  session.numberChoice = session.numberIds.length > 0 ? "existing" : "none";
}

/** The next page with something to decide: pages with exactly one possible answer are passed over. */
export function stepAfter(world: World, session: DialogSession, current: Step): Step {
  const following = STEPS.slice(STEPS.indexOf(current) + 1);
  return following.find((step) => step === "review" || needsDecision(world, session, step)) ?? "review";
}

function needsDecision(world: World, session: DialogSession, step: Step): boolean {
  const person = session.personId === null ? undefined : world.people[session.personId];
  if (step === "business") return person?.businessIds.length !== 1;
  if (step === "accounts") return accountsToChoose(world, session).length !== 1;
  if (step === "numbers") return numbersToChoose(world, session).length !== 1;
  return false;
}

export function accountsToChoose(world: World, session: DialogSession): Waba[] {
  return session.businessId === null ? [] : wabasOf(world, session.businessId);
}

export function numbersToChoose(world: World, session: DialogSession) {
  return session.wabaIds.flatMap((id) => numbersOf(world, id));
}

function blankSession(request: AuthorizationRequest): DialogSession {
  return {
    id: randomUUID(),
    request,
    personId: null,
    businessId: null,
    wabaIds: [],
    newWabaName: null,
    numberChoice: "none",
    numberIds: [],
    newNumber: { displayName: "", phone: "" },
    finishedAt: null,
    granted: false,
    popupMessages: [],
  };
}
