/** All words of a language together. For tests: a page loads only what it needs. */
import { accountTexts } from "./account.ts";
import { activityTexts } from "./activity.ts";
import { activityKinds } from "./activity-kinds.ts";
import type { Texts } from "./catalogue.ts";
import { deletionTexts } from "./deletion.ts";
import { manualTexts } from "./manual.ts";
import { operationsTexts } from "./operations.ts";
import { threadTexts } from "./thread.ts";

export type Everything = ReturnType<typeof everything>;

export function everything(texts: Texts) {
  return {
    ...texts,
    activity: activityTexts(texts),
    kinds: activityKinds(texts),
    manual: manualTexts(texts),
    account: accountTexts(texts),
    operations: operationsTexts(texts),
    thread: threadTexts(texts),
    deletion: deletionTexts(texts),
  };
}
