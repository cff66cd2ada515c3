/** Everything a person reads, in English. */
import { activity, activityKinds } from "./activity.ts";
import { channelWords } from "./channels.ts";
import { disconnect, integrations, manual, number, signupWindow } from "./connect.ts";
import { deletion } from "./deletion.ts";
import { errors, flashes, login, nav, preferences, trouble } from "./frame.ts";
import { conversations, thread } from "./inbox.ts";
import { numbers } from "./numbers.ts";
import { operations } from "./operations.ts";

export const english = {
  product: "Curbe",
  skipToContent: "Skip to content",
  channels: channelWords,
  activity: { ...activity, kinds: activityKinds, otherwise: "Something changed at Meta" },
  ...{ nav, flashes, trouble, login, errors, preferences },
  ...{ integrations, number, disconnect, manual, signupWindow },
  ...{ conversations, thread, deletion },
  numbers,
  operations,
};
