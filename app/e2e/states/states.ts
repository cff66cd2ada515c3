/** Every state that a person can be in, in the order of a life with the product. */
import { accountStates } from "./account.ts";
import { attentionStates } from "./attention.ts";
import { connectingStates } from "./connecting.ts";
import { conversationStates } from "./conversations.ts";
import { elsewhereStates } from "./elsewhere.ts";
import { failedStates } from "./failed.ts";
import { manualStates } from "./manual.ts";
import { newsStates } from "./news.ts";
import { numberStates } from "./number.ts";
import { operationsStates } from "./operations.ts";
import { signInStates } from "./sign-in.ts";
import type { State } from "./world.ts";

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
