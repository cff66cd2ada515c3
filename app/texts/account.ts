/** A person's own account: its password, its sessions, and a password that was forgotten. */
import { account as en } from "./en/account.ts";
import { account as es } from "./es/account.ts";
import { inLanguage } from "./in-language.ts";

export const accountTexts = inLanguage<typeof en>({ en, es });
