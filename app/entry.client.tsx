import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { rememberTargets, resumeNavigation } from "./components/frame/interrupted-navigation.ts";
import { isTheme, PageFactsProvider } from "./components/frame/page-context.tsx";
import { documentLanguage, untilTextsAreThere } from "./texts/catalogue.ts";

const { dataset } = document.documentElement;

// Meta's dialog puts this at the end of the address it sends people back to, and browsers keep it over our redirect.
const documentPath = location.pathname + location.search;
if (location.hash === "#_=_") history.replaceState(history.state, "", documentPath);

const facts = {
  language: documentLanguage(),
  theme: isTheme(dataset.theme) ? dataset.theme : "system",
  timeZone: dataset.timeZone ?? "UTC",
  requestId: dataset.requestId,
  documentPath,
} as const;

/**
 * Until the document's data is read, RemixBrowser throws the promise of it. Hydration that was suspended by that and met
 * by a key or a click ended in an empty page (React 18: what a person does makes it synchronous).
 */
async function readData(): Promise<void> {
  try {
    RemixBrowser({});
  } catch (reading) {
    await reading;
  }
}

if (resumeNavigation()) await new Promise(() => {});
rememberTargets();
await Promise.all([untilTextsAreThere(), readData()]);
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
