import type { HeadersArgs, LinkDescriptor, LoaderFunctionArgs } from "@remix-run/node";
import {
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useRouteError,
  useRouteLoaderData,
} from "@remix-run/react";
import type { ReactNode } from "react";
import { useFocusKept, useFocusOnNavigation } from "./components/forms/focus.ts";
import { ErrorPage } from "./components/frame/error-page.tsx";
import { useArrival } from "./components/frame/interrupted-navigation.ts";
import { usePageFacts } from "./components/frame/page-context.tsx";
import { RefreshWithoutScript, usePageTitle } from "./components/frame/page-handle.tsx";
import { Shell, type ShellViewer } from "./components/frame/shell.tsx";
import stylesheet from "./tailwind.css";
import { readFrame } from "./web/frame/frame.server.ts";
import type { Viewer } from "./web/session/session.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { viewer, notice, incidents } = await readFrame(request);
  return { viewer: viewer && shellViewer(viewer), notice, incidents };
}

function shellViewer({ email, tenantName, isStaff }: Viewer): ShellViewer {
  return { email, tenantName, ...(isStaff ? { isStaff } : {}) };
}

/** A refusal that is drawn as a page says when to come again, as it would without one. */
export function headers({ errorHeaders }: HeadersArgs): HeadersInit {
  const retryAfter = errorHeaders?.get("Retry-After");
  return retryAfter ? { "Retry-After": retryAfter } : {};
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
        <RefreshWithoutScript />
        <Meta />
        <Links />
      </head>
      <body>
        <Shell viewer={frame?.viewer ?? null} notice={frame?.notice} incidents={frame?.incidents ?? []}>
          {children}
        </Shell>
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function App() {
  useFocusOnNavigation();
  useFocusKept();
  useArrival();
  return <Outlet />;
}

export function ErrorBoundary() {
  useFocusOnNavigation();
  useFocusKept();
  useArrival();
  return <ErrorPage error={useRouteError()} />;
}
