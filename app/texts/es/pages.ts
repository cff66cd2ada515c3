/** What only some pages say, in Spanish: fetched with these. */
import type { PageTexts } from "../pages.ts";
import { account } from "./account.ts";
import { activity } from "./activity.ts";
import { deletion } from "./deletion.ts";
import { manual } from "./manual.ts";
import { operations } from "./operations.ts";
import { thread } from "./thread.ts";

export const pages: PageTexts = {
  account,
  activity,
  deletion,
  manual,
  operations,
  thread,
};
