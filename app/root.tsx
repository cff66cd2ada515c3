import type { LinkDescriptor, LoaderFunctionArgs } from "@remix-run/node";
import {
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useLocation,
  useRouteError,
  useRouteLoaderData,
} from "@remix-run/react";
import { type ReactNode, useEffect, useRef } from "react";
import { ErrorPage } from "./components/error-page.tsx";
import { usePageFacts } from "./components/page-context.tsx";
import { usePageTitle } from "./components/page-title.ts";
import { Shell } from "./components/shell.tsx";
import stylesheet from "./tailwind.css";
import { readFrame } from "./web/flash.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { viewer, flash, troubled } = await readFrame(request);
  return { viewer: viewer && { email: viewer.email, tenantName: viewer.tenantName }, flash, troubled };
}

export function links(): LinkDescriptor[] {
  return [
    { rel: "stylesheet", href: stylesheet },
    { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
  ];
}

export function Layout({ children }: { children: ReactNode }) {
  const { nonce, requestId, language, theme, timeZone } = usePageFacts();
  const frame = useRouteLoaderData<typeof loader>("root");
  return (
    <html
      lang={language}
      data-theme={theme}
      data-request-id={requestId}
      // The browser's own, once it has said so; the document was written before.
      data-time-zone={timeZone}
      suppressHydrationWarning
    >
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme === "system" ? "light dark" : theme} />
        <title>{usePageTitle()}</title>
        <Meta />
        <Links />
      </head>
      <body>
        <Shell viewer={frame?.viewer ?? null} flash={frame?.flash} troubled={frame?.troubled ?? []}>
          {children}
        </Shell>
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

/** After a navigation without a new document the focus goes to the new page's heading, as a new document would. */
function useFocusOnNavigation() {
  const { pathname, search } = useLocation();
  const place = pathname + search;
  const shown = useRef(place);
  useEffect(() => {
    if (shown.current === place) return;
    shown.current = place;
    document.querySelector("h1")?.focus({ preventScroll: true });
  }, [place]);
}

export default function App() {
  useFocusOnNavigation();
  return <Outlet />;
}

export function ErrorBoundary() {
  useFocusOnNavigation();
  return <ErrorPage error={useRouteError()} />;
}
