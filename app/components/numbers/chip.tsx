import type { Texts } from "../../texts/catalogue.ts";
import type { NumberState } from "../connect/card-view.ts";
import { StateChip } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";

const looks = {
  starting: "wait",
  awaitingTest: "wait",
  connected: "good",
  attention: "warn",
  disconnected: "none",
} as const satisfies Record<NumberState, string>;

/** How a number is, in a sign and a word. */
export function NumberChip({ state }: { state: NumberState }) {
  return <StateChip look={looks[state]}>{wordOf(useTexts(), state)}</StateChip>;
}

function wordOf({ integrations, numbers }: Texts, state: NumberState): string {
  if (state === "awaitingTest") return numbers.awaitingTest;
  return state === "disconnected" ? numbers.disconnected : integrations.states[state];
}
