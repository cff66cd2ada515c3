/** The browser's side of what the server decided for the document. */
import { type ReactNode, useEffect, useState } from "react";
import { PageContext, type PageFacts } from "./page-context.tsx";

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
