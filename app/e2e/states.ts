/** Every state that a person can be in, in the order of a life with the product. */
import { accountStates } from "./states-account.ts";
import { attentionStates } from "./states-attention.ts";
import { connectingStates } from "./states-connecting.ts";
import { conversationStates } from "./states-conversations.ts";
import { elsewhereStates } from "./states-elsewhere.ts";
import { failedStates } from "./states-failed.ts";
import { manualStates } from "./states-manual.ts";
import { newsStates } from "./states-news.ts";
import { numberStates } from "./states-number.ts";
import { operationsStates } from "./states-operations.ts";
import { signInStates } from "./states-sign-in.ts";
import type { State } from "./states-world.ts";

export const states: State[] = [
  ...signInStates,
  ...accountStates,
  ...connectingStates,
  ...failedStates,
  ...attentionStates,
  ...newsStates,
  ...numberStates,
  ...manualStates,
  ...conversationStates,
  ...operationsStates,
  ...elsewhereStates,
];
