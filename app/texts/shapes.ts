/** What the words of every language have in common: their shapes, and how one is found. */
import type { ConnectionErrorCode, ReasonCode } from "../integrations/connect/reasons.ts";

export interface Explained {
  title: string;
  text: string;
}

export type Reasons = Record<ReasonCode, Explained>;

export interface IncidentWords {
  title: string;
  effect: string;
  action: string;
  /** True where a reconnect is what helps; otherwise it is offered beside what does. */
  reconnectHelps: boolean;
}

export type Incidents = Record<ConnectionErrorCode, IncidentWords>;

/** What a page may say once after a redirect: the code travels, the words are the page's. */
export const noticeCodes = [
  "disconnected",
  "nothing_to_disconnect",
  "replay_begun",
  "replay_begun_in_part",
  "nothing_to_replay",
  "nothing_selected",
  "password_changed",
  "sessions_ended",
] as const;
export type NoticeCode = (typeof noticeCodes)[number];

/** Why a window of the platform's leads nowhere, as far as one can tell; the way over the document stays open. */
export type WindowNotice = "not_opened" | "no_code" | "no_answer" | "no_attempt";

/** What each channel says in words of its own. */
export interface OwnWords {
  needs: string[];
  /** Where a number is added, and what to expect then. */
  addNumber: string;
  /** Where the business looks after its accounts and numbers. */
  manager: string;
  /** The app on a phone that a number may also live in. */
  businessApp: string;
  /** Why a number was not registered, by code. */
  registrationRefusals: Record<string, string>;
  manual: Record<"wabaId" | "wabaIdHint" | "phoneNumberId" | "phoneNumberIdHint", string>;
}

/** The words for a code, whatever it is: older and newer versions of the server may have codes of their own. */
export function finder<Words>(known: Record<string, Words>, otherwise: Words): (code: string) => Words {
  return (code) => (Object.hasOwn(known, code) ? (known[code] as Words) : otherwise);
}
