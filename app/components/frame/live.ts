/**
 * Pages that show what has just happened. One stream of server-sent events for the browser's tab, open while it is
 * looked at, says that something changed, and the page loads its data anew; where streams do not get through, it asks
 * every five seconds.
 */
import { useFetchers, useNavigation, useRevalidator } from "@remix-run/react";
import { useEffect, useState } from "react";

export type LiveTopic = "conversations" | "connections";

/**
 * Loads the page's data anew when something of `topics` changed in the viewer's workspace. None: nothing happens. For
 * the page itself (`isPage`), not the frame around it, also once when a new document has begun to listen.
 */
export function useLive(topics: LiveTopic[], isPage = true): void {
  const { revalidate, state } = useRevalidator();
  const navigation = useNavigation();
  const submitting = useFetchers().some((fetcher) => fetcher.state === "submitting");
  const busy = submitting || state !== "idle" || navigation.state !== "idle";
  const [due, setDue] = useState(false);
  const wanted = topics.join();
  useEffect(() => {
    if (wanted !== "") return watch({ topics: wanted.split(","), isPage, refresh: () => setDue(true) });
  }, [wanted, isPage]);
  // However much changes while data is on its way, it is asked for once more afterwards.
  useEffect(() => {
    if (!due || busy) return;
    setDue(false);
    // Whoever else was told in the same moment: one answer is for all, and a second would cut off the first.
    if (asked) return;
    asked = true;
    setTimeout(() => {
      asked = false;
    });
    revalidate();
  }, [due, busy, revalidate]);
}

interface Watcher {
  topics: string[];
  isPage: boolean;
  refresh(): void;
}

const watchers = new Set<Watcher>();
const changedAt = new Map<string, number>();
let source: EventSource | undefined;
let late: number | undefined;
let polling: number | undefined;
/** A stream did not get through, and none has since. */
let broken = false;
/** In this very moment: other parts of the page have not been told yet that data is on its way. */
let asked = false;
/** A stream was open, or nobody knows for how long there was none. */
let caughtUp = false;
let quietUntil = 0;
let wired = false;

function watch(watcher: Watcher): () => void {
  wire();
  watchers.add(watcher);
  // What changed while this page's data was on its way may be missing from it.
  const recent = performance.now() - 5_000;
  // In a document that is younger than that, every number from 0 on is recent: what never happened has none.
  if (watcher.topics.some((topic) => (changedAt.get(topic) ?? -Infinity) > recent)) watcher.refresh();
  look();
  return () => {
    watchers.delete(watcher);
    // The next page may want the stream as well.
    setTimeout(() => watchers.size === 0 && rest(), 1_000);
  };
}

function wire() {
  if (wired) return;
  wired = true;
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : look()));
  // The document is about to be replaced; data that came in between could lead elsewhere.
  window.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) quietUntil = performance.now() + 5_000;
  });
}

/** One loads the data of the whole page, whoever else wants it. */
function tell(topic?: string) {
  const wait = quietUntil - performance.now();
  const wants = ({ topics, isPage }: Watcher) => (topic ? topics.includes(topic) : isPage || caughtUp);
  if (wait > 0) setTimeout(tell, wait, topic);
  else [...watchers].find(wants)?.refresh();
}

function look() {
  // Whatever has passed by then, it is more than a moment.
  if (document.hidden) caughtUp = true;
  if (document.hidden || watchers.size === 0 || source) return;
  if (broken) poll();
  if (!window.EventSource) return poll();
  const opened = new EventSource("/events");
  source = opened;
  const pollSoon = () => {
    late ??= window.setTimeout(poll, 10_000);
  };
  pollSoon();
  opened.onopen = () => {
    broken = false;
    stopPolling();
    // Nobody has told what changed before: in a moment when the document is new, in any time when it is not.
    tell();
    caughtUp = true;
  };
  opened.onerror = () => {
    if (opened.readyState !== EventSource.CLOSED) return pollSoon();
    source = undefined;
    poll();
  };
  opened.addEventListener("changed", ({ data }) => {
    changedAt.set(data, performance.now());
    tell(data);
  });
}

function rest() {
  source?.close();
  source = undefined;
  stopPolling();
}

function stopPolling() {
  clearTimeout(late);
  clearInterval(polling);
  late = polling = undefined;
}

function poll() {
  broken = caughtUp = true;
  if (polling) return;
  let times = 0;
  const ask = async () => {
    // A server that is away would put an error in the place of what stands there.
    const answer = await fetch("/events?check").catch(() => undefined);
    if (answer && answer.status < 500) tell();
    if (++times % 12 === 0) look();
  };
  polling = window.setInterval(ask, 5_000);
  void ask();
}
