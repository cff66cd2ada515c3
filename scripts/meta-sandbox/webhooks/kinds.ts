import { ANSWERS } from "./kinds/answers.ts";
import { CALLS, PREFERENCES } from "./kinds/calls.ts";
import { GROUPS } from "./kinds/groups.ts";
import type { Kind } from "./kinds/kind.ts";
import { CHANGES, MESSAGES } from "./kinds/messages.ts";
import { ASSISTANT, ECHOES } from "./kinds/outside-senders.ts";
import { PEOPLE } from "./kinds/people.ts";
import { PHONE_HISTORY } from "./kinds/phone-history.ts";
import { WITHHELD } from "./kinds/withheld.ts";

/**
 * Everything that can be sent about a number, but statuses of the app's own messages: by group, and in it by the name that
 * the control API takes. The page's choice, the API's schema and the list in the README are made of this.
 */
export const KIND_GROUPS = {
  "Customers write": MESSAGES,
  "Customers answer": ANSWERS,
  "Customers change a message": CHANGES,
  "Meta keeps it back": WITHHELD,
  "Who somebody is": PEOPLE,
  Groups: GROUPS,
  "Meta's assistant": ASSISTANT,
  "The business says": ECHOES,
  Calls: CALLS,
  "Marketing messages": PREFERENCES,
  "WhatsApp Business app": PHONE_HISTORY,
} as const;

type Group = keyof typeof KIND_GROUPS;
/** The name of a kind. */
export type KindName = { [G in Group]: keyof (typeof KIND_GROUPS)[G] }[Group];

export const KINDS = Object.fromEntries(
  Object.values(KIND_GROUPS).flatMap((kinds) => Object.entries<Kind>(kinds)),
) as Record<KindName, Kind>;

export const KIND_NAMES = Object.keys(KINDS) as KindName[];
