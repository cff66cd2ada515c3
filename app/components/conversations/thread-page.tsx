/** One conversation, day by day. */
import { Link } from "@remix-run/react";
import type { MessageView } from "../../inbox/conversations/message-view.server.ts";
import type { Thread } from "../../inbox/conversations/thread.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { ButtonLink, linkLook } from "../forms/buttons.tsx";
import { useLive } from "../frame/live.ts";
import { PageHeading, PhoneNumber } from "../frame/page.tsx";
import { usePageFacts, useTexts } from "../frame/page-context.tsx";
import { writeTime } from "../frame/time.tsx";
import { keyInTranslation } from "../frame/translated.ts";
import { contactWords } from "./message-words.ts";
import { NewMessages } from "./new-messages.tsx";
import { OwnNumber } from "./own-number.tsx";
import { RepliesOff } from "./replies-off.tsx";
import { ThreadMessage } from "./thread-message.tsx";

interface ThreadPageProps {
  thread: Thread;
  isLatest: boolean;
  /** `offHere`: the conversation's own number cannot be answered through, and another could. */
  replies: "on" | "off" | "offHere";
}

export function ThreadPage({ thread, isLatest, replies }: ThreadPageProps) {
  const texts = useTexts();
  const words = pageTexts(texts).thread;
  const { contact, ownNumber, marketing, messages } = thread;
  const number = contact.name ? contact.phoneNumber : null;
  useLive(["conversations"]);
  return (
    <div className="grid gap-5">
      <PageHeading
        key={keyInTranslation("heading", [contact, ownNumber])}
        back={
          <Link to="/conversations" className={linkLook}>
            {words.back}
          </Link>
        }
        title={<bdi>{contactWords(texts, contact)}</bdi>}
        lead={
          number || contact.isGroup || ownNumber || marketing ? (
            <span className="flex flex-wrap gap-x-4">
              {contact.isGroup ? <span>{texts.conversations.group}</span> : null}
              {number ? <PhoneNumber number={number} /> : null}
              {ownNumber ? (
                <span>
                  <OwnNumber of={ownNumber} />
                </span>
              ) : null}
              {marketing ? <span>{words.marketing[marketing]}</span> : null}
            </span>
          ) : null
        }
      />
      {messages.older ? (
        <p>
          <ButtonLink to={`/conversations/${thread.id}?before=${encodeURIComponent(messages.older)}`}>
            {words.earlier}
          </ButtonLink>
        </p>
      ) : null}
      {messages.items.length === 0 && !messages.older ? <p className="text-ink-soft">{words.empty}</p> : null}
      {byDay(messages.items, useDayOf()).map(([day, ofDay]) => (
        <Day key={day} day={day} messages={ofDay} threadId={thread.id} />
      ))}
      {isLatest ? (
        <NewMessages key={thread.id} messages={messages.items} />
      ) : (
        <p>
          <ButtonLink to={`/conversations/${thread.id}#latest`}>{words.latest}</ButtonLink>
        </p>
      )}
      <div id="latest">{replies === "on" ? null : <RepliesOff here={replies === "offHere"} />}</div>
    </div>
  );
}

function Day({ day, messages, threadId }: { day: string; messages: MessageView[]; threadId: string }) {
  const { timeZone } = usePageFacts();
  return (
    <section aria-label={day} className="grid gap-2.5">
      <h2
        className="flex items-center gap-3 text-xs text-ink-soft before:h-px before:grow before:bg-line after:h-px after:grow after:bg-line"
        suppressHydrationWarning
      >
        {timeZone === "UTC" ? `${day} UTC` : day}
      </h2>
      <ol className="grid gap-2.5">
        {messages.map((message) => (
          <ThreadMessage key={keyInTranslation(message.id, message)} message={message} threadId={threadId} />
        ))}
      </ol>
    </section>
  );
}

/** Messages come in order, so each day is one run of them. */
function byDay(messages: MessageView[], dayOf: (at: Date | string) => string): [string, MessageView[]][] {
  const days = new Map<string, MessageView[]>();
  for (const message of messages) {
    const day = dayOf(message.at);
    days.set(day, [...(days.get(day) ?? []), message]);
  }
  return [...days];
}

function useDayOf() {
  const { language, timeZone } = usePageFacts();
  return (at: Date | string) => writeTime(new Date(at), { language, timeZone, length: "date" });
}
