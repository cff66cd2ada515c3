/** What every page may need, in Spanish: Latin American, and `tú`. */
import type { Texts } from "../catalogue.ts";
import { channelWords } from "./channels.ts";
import { conversations } from "./conversations.ts";
import { errors, incidents, login, nav, notices, preferences } from "./frame.ts";
import { chooseNumber, disconnect, integrations, signupWindow } from "./integrations.ts";
import { numbers } from "./numbers.ts";

export const spanish: Texts = {
  language: "es",
  product: "Curbe",
  skipToContent: "Saltar al contenido",
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
