/** The words of e-mails in each language. English is the measure, and what is used where no language is known. */
import type { ConnectionErrorCode } from "../../integrations/connect/reasons.ts";
import { english } from "./en.ts";
import { spanish } from "./es.ts";

export type MailWords = typeof english;

const known: Record<string, MailWords> = { en: english, es: spanish };

export function mailWordsIn(language: string | null): { language: string; words: MailWords } {
  const words = language !== null && Object.hasOwn(known, language) ? known[language] : undefined;
  return words && language ? { language, words } : { language: "en", words: english };
}

/** Why a connection needs a person, as an e-mail says it. */
export interface Cause {
  what: string;
  effect: string;
  action: string;
}

/** A cause without words does not compile. */
export type Causes = Record<ConnectionErrorCode, Cause>;
