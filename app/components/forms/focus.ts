/** Where the keyboard stands: on a new page at its heading, and never nowhere. */
import { useLocation } from "@remix-run/react";
import { useEffect } from "react";

/** Path and query that were last drawn in this document. Kept here, as the page of an error is another component. */
let shown: string | undefined;

/** After a navigation without a new document the focus goes to the new page's heading, as a new document would. */
export function useFocusOnNavigation() {
  const { pathname, search } = useLocation();
  const place = pathname + search;
  useEffect(() => {
    const isOther = shown !== undefined && shown !== place;
    shown = place;
    if (isOther) document.querySelector("h1")?.focus({ preventScroll: true });
  }, [place]);
}

/**
 * What has the focus may go away under it: a button whose step is being tried again, a notice that was hidden. The
 * browser then leaves the focus on nothing; this takes it to the heading of the panel where it was, else of the page.
 * Somebody who presses beside everything keeps what they chose.
 */
export function useFocusKept() {
  useEffect(keepFocus, []);
}

function keepFocus(): () => void {
  /** What had the focus last and all that is around it, from the inside out. */
  let held: Element[] = [];
  let address = "";
  const takes = ({ target }: FocusEvent) => {
    held = target instanceof Element ? withAncestors(target) : [];
    address = location.pathname + location.search;
  };
  // Asked a moment later: what is taken away is gone by then, what was left on purpose is not.
  const leaves = () =>
    void setTimeout(() => {
      if (held[0]?.isConnected && document.activeElement === document.body) held = [];
    });
  const observer = new MutationObserver(() => {
    const [lost, ...around] = held;
    if (!lost || lost.isConnected) return;
    held = [];
    if (document.activeElement && document.activeElement !== document.body) return;
    const samePage = address === location.pathname + location.search;
    focusOn((samePage && panelHeading(around)) || document.querySelector("h1"));
  });
  observer.observe(document.body, { childList: true, subtree: true });
  document.addEventListener("focusin", takes);
  document.addEventListener("focusout", leaves);
  return () => {
    observer.disconnect();
    document.removeEventListener("focusin", takes);
    document.removeEventListener("focusout", leaves);
  };
}

function withAncestors(element: Element): Element[] {
  const all: Element[] = [];
  for (let one: Element | null = element; one; one = one.parentElement) all.push(one);
  return all;
}

/** Of the innermost panel that is still there. */
function panelHeading(around: Element[]): HTMLElement | null {
  const panel = around.find((one) => one.isConnected)?.closest("section[aria-labelledby]");
  return document.getElementById(panel?.getAttribute("aria-labelledby") ?? "");
}

function focusOn(heading: HTMLElement | null): void {
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
