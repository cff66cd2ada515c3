/** One message of a thread: what it answers, what it says, how far it got, and what was put on it. */
import type { MessageView, QuoteView } from "../../inbox/conversations/message-view.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { JumpLink } from "../forms/jump-link.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { FormattedText } from "./formatted-text.tsx";
import {
  contactWords,
  isMedia,
  isNotice,
  kindWords,
  previewWords,
  senderWords,
  troubleWords,
} from "./message-words.ts";
import { Delivery } from "./thread-delivery.tsx";
import { Choices } from "./thread-lists.tsx";
import { Origin, Parts, Remainder } from "./thread-parts.tsx";

const side = {
  inbound: "justify-self-start rounded-bl-none border-line bg-panel",
  outbound: "justify-self-end rounded-br-none border-mark-line bg-mark-soft",
};

interface ThreadMessageProps {
  message: MessageView;
  threadId: string;
}

export function ThreadMessage({ message, threadId }: ThreadMessageProps) {
  const texts = useTexts();
  const words = pageTexts(texts).thread;
  if (isNotice(message.kind)) return <Notice message={message} />;
  const { id, direction, quote, reactions } = message;
  return (
    <li
      id={`m${id}`}
      tabIndex={-1}
      className={`grid max-w-[min(36rem,88%)] min-w-32 gap-0.5 rounded-md border px-3.5 py-2 target:border-ink focus:border-ink ${side[direction]}`}
    >
      <span className="sr-only">{words.from[direction]}: </span>
      <Sender message={message} />
      {message.sender ? (
        <p className="text-xs font-semibold">
          <bdi>{contactWords(texts, message.sender)}</bdi>
        </p>
      ) : null}
      <Origin parts={message.parts} />
      {quote ? <Quote quote={quote} threadId={threadId} /> : null}
      <Content message={message} />
      <Delivery message={message} />
      {reactions.length > 0 ? (
        <ul className="flex gap-1.5">
          {reactions.map((reaction) => (
            <li
              key={`${reaction.direction} ${reaction.senderId}`}
              className="rounded-md border border-line bg-sunken px-2"
            >
              <span className="sr-only">{words.reactionOf[reaction.direction]} </span>
              {reaction.emoji}
            </li>
          ))}
        </ul>
      ) : null}
    </li>
  );
}

/** Of what the business said: whoever it was, when it was not said from here. */
function Sender({ message }: { message: MessageView }) {
  const sender = senderWords(useTexts(), message);
  return sender ? <p className="text-xs font-semibold text-ink-soft">{sender}</p> : null;
}

/** What happened rather than what somebody said. */
function Notice({ message }: { message: MessageView }) {
  const texts = useTexts();
  const isOwnWords = message.kind === "system" && message.text !== null;
  const trouble = troubleWords(texts, message);
  return (
    <li
      id={`m${message.id}`}
      tabIndex={-1}
      className="justify-self-center rounded-md bg-sunken px-3.5 py-1 text-center text-xs text-ink-soft"
    >
      {isOwnWords ? <span dir="auto">{message.text}</span> : kindWords(texts, message)}
      {message.detail ? ` · ${message.detail}` : null}
      {" · "}
      <Time at={message.at} length="clock" />
      {message.text && !isOwnWords ? (
        <span dir="auto" className="block whitespace-pre-wrap">
          {message.text}
        </span>
      ) : null}
      <Origin parts={message.parts} />
      {trouble ? <p>{trouble}</p> : null}
      <Remainder parts={message.parts} />
    </li>
  );
}

function Content({ message }: { message: MessageView }) {
  const texts = useTexts();
  const { kind, text, detail, parts } = message;
  const label = kindWords(texts, message);
  const trouble = troubleWords(texts, message);
  const { header, footer, choices } = parts;
  return (
    <>
      {label ? (
        <p className={`text-xs text-ink-soft ${kind === "deleted" ? "italic" : "font-semibold"}`}>{label}</p>
      ) : null}
      <Parts parts={parts} kind={kind} />
      {isMedia.has(kind) ? (
        <p className="text-xs text-ink-soft">{pageTexts(texts).thread.channels[message.channel].mediaNote}</p>
      ) : null}
      {trouble ? <p className="text-xs text-ink-soft">{trouble}</p> : null}
      {header ? (
        <p dir="auto" className="font-semibold">
          {header}
        </p>
      ) : null}
      {text && kind === "reaction" ? <p className="text-xl">{text}</p> : null}
      {text && kind !== "reaction" ? <FormattedText text={text} /> : null}
      {footer ? (
        <p dir="auto" className="text-xs text-ink-soft">
          {footer}
        </p>
      ) : null}
      {choices ? <Choices choices={choices} /> : null}
      {parts.description ? (
        <p dir="auto" className="text-xs text-ink-soft">
          {parts.description}
        </p>
      ) : null}
      {detail ? <p className="font-mono text-xs">{detail}</p> : null}
      <Remainder parts={parts} />
      {kind === "unknown" && !text ? <p className="text-ink-soft">{pageTexts(texts).thread.notYet}</p> : null}
    </>
  );
}

function Quote({ quote, threadId }: { quote: QuoteView | "missing"; threadId: string }) {
  const texts = useTexts();
  const look = "mb-1 block border-l-3 border-line-strong pl-2 text-xs text-ink-soft";
  if (quote === "missing") return <p className={look}>{pageTexts(texts).thread.quoteMissing}</p>;
  const said = (
    <>
      <span className="sr-only">{pageTexts(texts).thread.inReplyTo[quote.direction]} </span>
      {quote.sender ? (
        <span className="block font-semibold">
          <bdi>{contactWords(texts, quote.sender)}</bdi>
          <span className="sr-only">: </span>
        </span>
      ) : null}
      <bdi>{previewWords(texts, quote)}</bdi>
    </>
  );
  if (!quote.before) {
    return (
      <JumpLink to={`m${quote.id}`} className={`${look} hover:text-ink`}>
        {said}
      </JumpLink>
    );
  }
  const page = `/conversations/${threadId}?before=${encodeURIComponent(quote.before)}#m${quote.id}`;
  return (
    // A new document: only then does the browser take the message for the target of the address.
    <a href={page} className={`${look} hover:text-ink`}>
      {said}
    </a>
  );
}
