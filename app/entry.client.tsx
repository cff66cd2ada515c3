import { RemixBrowser } from "@remix-run/react";
import { StrictMode, startTransition } from "react";
import { hydrateRoot } from "react-dom/client";
import { PageContext } from "./components/page-context.tsx";

const { requestId } = document.documentElement.dataset;
const documentPath = location.pathname + location.search;

// Meta's dialog puts this at the end of the address it sends people back to, and browsers keep it over our redirect.
if (location.hash === "#_=_") history.replaceState(history.state, "", documentPath);

startTransition(() => {
  hydrateRoot(
    document,
    <StrictMode>
      <PageContext.Provider value={{ requestId, documentPath }}>
        <RemixBrowser />
      </PageContext.Provider>
    </StrictMode>,
  );
});
