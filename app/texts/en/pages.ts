/** What only some pages say, in English: fetched with these. */
import { account } from "./account.ts";
import { activity } from "./activity.ts";
import { deletion } from "./deletion.ts";
import { manual } from "./manual.ts";
import { operations } from "./operations.ts";
import { thread } from "./thread.ts";

export const pages = {
  account,
  activity,
  deletion,
  manual,
  operations,
  thread,
};
