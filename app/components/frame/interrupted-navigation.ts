/**
 * A page that was open through a deploy: the script of the page somebody goes to is gone, and Remix loads the document
 * anew, which is the one they wanted to leave. Where they were going is remembered, and they get there.
 */
import { useLocation } from "@remix-run/react";
import { useEffect } from "react";

const place = "curbe_going_to";

interface Going {
  from: string;
  to: string;
}

/** Once for a document. Remembers where a click leads, as soon as Remix has taken it up; forms lead to where they stand. */
export function rememberTargets(): void {
  // At the window, behind React, whose listeners are at the document: what it took up is prevented by then.
  window.addEventListener("click", (event) => {
    if (!event.defaultPrevented || !(event.target instanceof Element)) return;
    const link = event.target.closest("a");
    if (link) remember(link.href);
  });
}

/** In the page: whoever is where they were going needs nothing remembered. */
export function useArrival(): void {
  const { pathname, search } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new address is an arrival.
  useEffect(forget, [pathname, search]);
}

/**
 * At the beginning of a document: when it came in the place of the page that somebody was going to, goes there and returns
 * true. Once: what was remembered is forgotten before.
 */
export function resumeNavigation(): boolean {
  const going = recall();
  forget();
  const [entry] = performance.getEntriesByType("navigation");
  const isReload = entry instanceof PerformanceNavigationTiming && entry.type === "reload";
  if (!going || !isReload || going.from !== location.href) return false;
  // An entry of its own, so that the way back leads to the page that was left.
  history.pushState(null, "", going.to);
  location.reload();
  return true;
}

function remember(to: string): void {
  const target = new URL(to);
  const stays = target.pathname === location.pathname && target.search === location.search;
  if (target.origin !== location.origin || stays) return;
  keep({ from: location.href, to: target.href });
}

function keep(going: Going): void {
  try {
    sessionStorage.setItem(place, JSON.stringify(going));
  } catch {
    // Where nothing may be kept, the page that was left is shown, as before.
  }
}

function recall(): Going | undefined {
  try {
    const { from, to }: Partial<Going> = JSON.parse(sessionStorage.getItem(place) ?? "{}");
    const isOurs = to !== undefined && new URL(to).origin === location.origin;
    return from !== undefined && isOurs ? { from, to } : undefined;
  } catch {
    return undefined;
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(place);
  } catch {
    // Nothing was kept either.
  }
}
