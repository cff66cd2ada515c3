import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { isTheme } from "./components/page-context.tsx";
import { PageFactsProvider } from "./components/page-facts.tsx";
import { isLanguage } from "./texts/catalogue.ts";
import { loadTexts } from "./texts/load.ts";

const { lang, dataset } = document.documentElement;
const language = isLanguage(lang) ? lang : "en";

// Meta's dialog puts this at the end of the address it sends people back to, and browsers keep it over our redirect.
const documentPath = location.pathname + location.search;
if (location.hash === "#_=_") history.replaceState(history.state, "", documentPath);

const facts = {
  language,
  theme: isTheme(dataset.theme) ? dataset.theme : "system",
  timeZone: dataset.timeZone ?? "UTC",
  requestId: dataset.requestId,
  documentPath,
} as const;

await loadTexts(language);
startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <PageFactsProvider facts={facts}>
        <RemixBrowser />
      </PageFactsProvider>
    </StrictMode>,
  );
});
