/** What every page may need, in English. */
import type { Language } from "../languages.ts";
import { channelWords } from "./channels.ts";
import { conversations } from "./conversations.ts";
import { errors, incidents, login, nav, notices, preferences } from "./frame.ts";
import { chooseNumber, disconnect, integrations, signupWindow } from "./integrations.ts";
import { numbers } from "./numbers.ts";

export const english = {
  language: "en" as Language,
  product: "Curbe",
  skipToContent: "Skip to content",
  channels: channelWords,
  nav,
  notices,
  incidents,
  login,
  errors,
  preferences,
  integrations,
  chooseNumber,
  disconnect,
  signupWindow,
  conversations,
  numbers,
};
