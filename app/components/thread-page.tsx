import { Link } from "@remix-run/react";
import type { ContactView, MessageView, Thread } from "../inbox/conversations.server.ts";
import type { Texts } from "../texts/catalogue.ts";
import { ButtonLink, linkLook } from "./buttons.tsx";
import { kindWords } from "./message-words.ts";
import { PageHeading } from "./page.tsx";
import { usePageFacts, useTexts } from "./page-context.tsx";
import { PhoneNumber } from "./phone-number.tsx";
import { RepliesOff } from "./replies-off.tsx";
import { Time, writeTime } from "./time.tsx";

interface ThreadPageProps {
  thread: Thread;
  isLatest: boolean;
  maySend: boolean;
}

export function threadTitle(texts: Texts, { name, phoneNumber }: ContactView): string {
  return name ?? phoneNumber ?? texts.conversations.unknownContact;
}

export function ThreadPage({ thread, isLatest, maySend }: ThreadPageProps) {
  const words = useTexts().thread;
  const { contact, messages } = thread;
  return (
    <div className="grid gap-5">
      <PageHeading
        back={
          <Link to="/conversations" className={linkLook}>
            {words.back}
          </Link>
        }
        title={<bdi>{threadTitle(useTexts(), contact)}</bdi>}
        lead={contact.name && contact.phoneNumber ? <PhoneNumber number={contact.phoneNumber} /> : null}
      />
      {messages.older ? (
        <p>
          <ButtonLink to={`/conversations/${thread.id}?before=${encodeURIComponent(messages.older)}`}>
            {words.earlier}
          </ButtonLink>
        </p>
      ) : null}
      {messages.items.length === 0 ? <p className="text-ink-soft">{words.empty}</p> : null}
      {byDay(messages.items, useDayOf()).map(([day, ofDay]) => (
        <Day key={day} day={day} messages={ofDay} />
      ))}
      {isLatest ? null : (
        <p>
          <ButtonLink to={`/conversations/${thread.id}#latest`}>{words.latest}</ButtonLink>
        </p>
      )}
      <div id="latest">{maySend ? null : <RepliesOff />}</div>
    </div>
  );
}

function Day({ day, messages }: { day: string; messages: MessageView[] }) {
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
          <Message key={message.id} message={message} />
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

const side = {
  inbound: "justify-self-start rounded-bl-none border-line bg-panel",
  outbound: "justify-self-end rounded-br-none border-mark-line bg-mark-soft",
};

function Message({ message }: { message: MessageView }) {
  const texts = useTexts();
  const words = texts.thread;
  const { direction, text, detail, kind } = message;
  const label = kindWords(texts, message);
  return (
    <li
      className={`grid max-w-[min(36rem,88%)] min-w-32 gap-0.5 rounded-md border px-3.5 py-2 ${side[direction]}`}
    >
      <span className="sr-only">{words.from[direction]}: </span>
      {label ? <p className="text-xs font-semibold text-ink-soft">{label}</p> : null}
      {text ? (
        <p dir="auto" className={kind === "reaction" ? "text-xl" : "whitespace-pre-wrap"}>
          {text}
        </p>
      ) : null}
      {detail ? <p className="font-mono text-xs">{detail}</p> : null}
      {kind === "unknown" && !text ? <p className="text-ink-soft">{words.notYet}</p> : null}
      {isMedia.has(kind) ? <p className="text-xs text-ink-soft">{words.mediaNote}</p> : null}
      <Delivery message={message} />
    </li>
  );
}

const isMedia = new Set<MessageView["kind"]>(["image", "video", "audio", "voice", "document", "sticker"]);

/** When it was said and, for ours, how far it got: in words, with its time. */
function Delivery({ message }: { message: MessageView }) {
  const words = useTexts().thread;
  const { direction, status, failure } = message;
  const dayOf = useDayOf();
  const sameDay = dayOf(message.at) === dayOf(message.statusAt);
  return (
    <p className={`text-xs ${status === "failed" ? "font-semibold text-bad" : "text-ink-soft"}`}>
      <Time at={message.at} length="clock" />
      {direction === "outbound" ? (
        <>
          {" · "}
          {words.statuses[status]}
          {status === "sent" ? null : (
            <>
              {" "}
              <Time at={message.statusAt} length={sameDay ? "clock" : "short"} />
            </>
          )}
        </>
      ) : null}
      {failure ? ` · ${words.failedBecause} ${failure}` : null}
    </p>
  );
}
