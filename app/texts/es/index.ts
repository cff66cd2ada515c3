/** Everything a person reads, in Spanish: Latin American, and `tú`. */
import type { Texts } from "../catalogue.ts";
import { activity, activityKinds } from "./activity.ts";
import { channelWords } from "./channels.ts";
import { disconnect, integrations, manual, number, signupWindow } from "./connect.ts";
import { deletion } from "./deletion.ts";
import { errors, flashes, login, nav, preferences, trouble } from "./frame.ts";
import { conversations, thread } from "./inbox.ts";
import { numbers } from "./numbers.ts";
import { operations } from "./operations.ts";

export const spanish: Texts = {
  product: "Curbe",
  skipToContent: "Saltar al contenido",
  channels: channelWords,
  activity: { ...activity, kinds: activityKinds, otherwise: "Algo cambió en Meta" },
  ...{ nav, flashes, trouble, login, errors, preferences },
  ...{ integrations, number, disconnect, manual, signupWindow },
  ...{ conversations, thread, deletion },
  numbers,
  operations,
};
