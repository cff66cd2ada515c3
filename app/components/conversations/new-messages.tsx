/** What arrives while a thread is open: told politely, with a way there; the page stays where the reader is. */
import { type MouseEvent, useEffect, useRef, useState } from "react";
import type { MessageView } from "../../inbox/conversations/message-view.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { useTexts } from "../frame/page-context.tsx";

export function NewMessages({ messages }: { messages: MessageView[] }) {
  const words = pageTexts(useTexts()).thread;
  const { arrived, unseen, see } = useArrivals(messages);
  const last = messages.at(-1);
  function jump(event: MouseEvent) {
    event.preventDefault();
    see();
    const target = last && document.getElementById(`m${last.id}`);
    target?.focus({ preventScroll: true });
    target?.scrollIntoView({ block: "end" });
  }
  return (
    <>
      <p role="status" className="sr-only">
        {arrived > 0 ? words.newMessages(arrived) : null}
      </p>
      {unseen > 0 && last ? (
        <p className="sticky bottom-3 justify-self-center">
          <a
            href={`#m${last.id}`}
            onClick={jump}
            className="inline-flex min-h-10 items-center gap-1.5 rounded-md border border-ink bg-ink px-4 font-semibold text-on-ink"
          >
            <span>{words.newMessages(unseen)}</span>
            <span aria-hidden="true">↓</span>
          </a>
        </p>
      ) : null}
    </>
  );
}

/** `arrived` came with the last change; `unseen` is how many came since the newest one was last on the screen. */
function useArrivals(messages: MessageView[]) {
  const known = useRef(messages);
  const [arrived, setArrived] = useState(0);
  const [unseen, setUnseen] = useState(0);
  useEffect(() => {
    const fresh = arrivedSince(known.current, messages);
    known.current = messages;
    if (fresh > 0) {
      setArrived(fresh);
      setUnseen((before) => before + fresh);
    }
    const last = document.getElementById(`m${messages.at(-1)?.id}`);
    if (!last) return;
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && setUnseen(0));
    watch.observe(last);
    return () => watch.disconnect();
  }, [messages]);
  return { arrived, unseen, see: () => setUnseen(0) };
}

/** How many new messages `now` has beside `before`; a reaction, a notice or what a history brings is none. Pure. */
export function arrivedSince(before: MessageView[], now: MessageView[]): number {
  const known = new Set(before.map(({ id }) => id));
  return now.filter(({ id, isNew }) => isNew && !known.has(id)).length;
}
