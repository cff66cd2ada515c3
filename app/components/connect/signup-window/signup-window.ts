/**
 * How a sign-up in a window of the platform's ends. Pure: what has been heard so far, in whatever order, decides what
 * to do. Two voices tell of the end and either may stay silent: the answer of `FB.login`, which alone brings the code,
 * and the window's own messages, which alone name the number that was picked. A code lives 30 seconds and is therefore
 * never held back for longer than a moment.
 */

import type { WindowNotice } from "../../../texts/shapes.ts";

/** What `FB.login` called back with. `early`: sooner than a person could have closed a window. */
export type LoginAnswer =
  | { kind: "code"; code: string }
  | { kind: "no_code" }
  | { kind: "none"; early: boolean };

/** What the window told. `failed`: it showed an error of its own, from which the person may still go on. */
export type Told =
  | { kind: "finished"; phoneNumberId: string | null }
  | { kind: "cancelled" }
  | { kind: "failed" };

/** A short wait for the voice that has not been heard. */
export type Moment = "for_number" | "for_second_thought" | "for_answer";

export const momentMs: Record<Moment, number> = {
  for_number: 1_000,
  for_second_thought: 2_000,
  for_answer: 5_000,
};

export type Input =
  | { kind: "attempt"; state: string }
  | { kind: "no_attempt" }
  | { kind: "answered"; answer: LoginAnswer }
  | { kind: "told"; told: Told }
  | { kind: "waited"; moment: Moment };

export interface Heard {
  /** Of the attempt that our server began for this window; null until it says so. */
  state: string | null;
  /** Our server could not begin one: nothing that the window brings can be used. */
  refused: boolean;
  answer: LoginAnswer | null;
  told: Told | null;
  waited: Moment | null;
}

export const nothingHeard: Heard = { state: null, refused: false, answer: null, told: null, waited: null };

export type Verdict =
  | { kind: "wait"; moment: Moment | null; notice: WindowNotice | null }
  /** The fields of the form that ends the attempt at our server. */
  | { kind: "submit"; fields: Record<string, string> };

/** `FB.login` answers once and an attempt begins once: only the first of each counts. */
export function hear(heard: Heard, input: Input): Heard {
  switch (input.kind) {
    case "attempt":
      return { ...heard, state: heard.state ?? input.state };
    case "no_attempt":
      return { ...heard, refused: heard.state === null };
    case "answered":
      return { ...heard, answer: heard.answer ?? input.answer };
    case "told":
      return { ...heard, told: weightier(heard.told, input.told) };
    case "waited":
      return momentOf(heard) === input.moment ? { ...heard, waited: input.moment } : heard;
  }
}

const weight = { failed: 0, cancelled: 1, finished: 2 };

/** Closing the window on its last page is a success: what comes after the word that it is finished takes nothing back. */
function weightier(before: Told | null, now: Told): Told {
  return before && weight[before.kind] > weight[now.kind] ? before : now;
}

export function verdictOf(heard: Heard): Verdict {
  const { state, refused, answer, told } = heard;
  if (refused) return stuck("no_attempt");
  if (answer?.kind === "no_code") return stuck("no_code");
  if (answer?.kind === "none" && answer.early && !told) return stuck("not_opened");
  const moment = momentOf(heard);
  if (moment && moment !== heard.waited) return { kind: "wait", moment, notice: null };
  if (moment === "for_answer") return stuck("no_answer");
  const result = resultOf(heard);
  if (!result || state === null) return { kind: "wait", moment: null, notice: null };
  return { kind: "submit", fields: { state, ...result } };
}

function stuck(notice: WindowNotice): Verdict {
  return { kind: "wait", moment: null, notice };
}

/** What is being waited for beyond the first voice, whether or not that wait is over. */
function momentOf({ answer, told }: Heard): Moment | null {
  if (answer?.kind === "code") return told?.kind === "finished" ? null : "for_number";
  if (answer || !told) return null;
  return told.kind === "cancelled" ? "for_second_thought" : "for_answer";
}

/** A code outweighs everything else; a window that ended without one was cancelled, whatever it told. */
function resultOf({ answer, told }: Heard): Record<string, string> | null {
  if (answer?.kind === "code") {
    const picked = told?.kind === "finished" && told.phoneNumberId;
    return { code: answer.code, ...(picked ? { phone_number_id: picked } : {}) };
  }
  return answer || told?.kind === "cancelled" ? { error: "access_denied" } : null;
}
