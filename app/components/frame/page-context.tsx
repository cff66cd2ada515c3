/** What the server decided for a document before its markup: how it reads, how it looks, and how it is found again. */
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { type Texts, textsIn } from "../../texts/catalogue.ts";
import type { Language } from "../../texts/languages.ts";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export function isTheme(value: string | undefined): value is Theme {
  return themes.some((theme) => theme === value);
}

export interface PageFacts {
  language: Language;
  theme: Theme;
  /** IANA name; `UTC` until the browser has told its own. */
  timeZone: string;
  /** Undefined in the browser, which never tells a nonce again. */
  nonce?: string | undefined;
  requestId?: string | undefined;
  /** Path and query that the document was asked for. */
  documentPath?: string;
}

export const PageContext = createContext<PageFacts>({ language: "en", theme: "system", timeZone: "UTC" });

export function usePageFacts(): PageFacts {
  return useContext(PageContext);
}

/** The words of the document's language. */
export function useTexts(): Texts {
  return textsIn(usePageFacts().language);
}

/**
 * Times are drawn as the server wrote them, then in the browser's own time zone; a cookie tells the server, which writes
 * them so from the next document on.
 */
export function PageFactsProvider({ facts, children }: { facts: PageFacts; children: ReactNode }) {
  const [timeZone, setTimeZone] = useState(facts.timeZone);
  useEffect(() => {
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!own || own === facts.timeZone) return;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    // biome-ignore lint/suspicious/noDocumentCookie: the store for cookies is not in every browser.
    document.cookie = `curbe_time_zone=${own}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    setTimeZone(own);
  }, [facts.timeZone]);
  return <PageContext.Provider value={{ ...facts, timeZone }}>{children}</PageContext.Provider>;
}
