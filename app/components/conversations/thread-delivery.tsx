/** When it was said and, for ours, how far it got: a sign, a word and the time. */
import type { MessageView } from "../../inbox/conversations/message-view.server.ts";
import type { ChannelId } from "../../integrations/catalog.ts";
import { type PageTexts, pageTexts } from "../../texts/pages.ts";
import { usePageFacts, useTexts } from "../frame/page-context.tsx";
import { Time, writeTime } from "../frame/time.tsx";

export function Delivery({ message }: { message: MessageView }) {
  const words = pageTexts(useTexts()).thread;
  const { language, timeZone } = usePageFacts();
  const dayOf = (at: Date | string) => writeTime(new Date(at), { language, timeZone, length: "date" });
  const { channel, direction, status, failure, edited } = message;
  const sameDay = dayOf(message.at) === dayOf(message.statusAt);
  return (
    <p className={`text-xs ${status === "failed" ? "font-semibold text-bad" : "text-ink-soft"}`}>
      <Time at={message.at} length="clock" />
      {edited ? ` · ${words.edited}` : null}
      {direction === "outbound" ? (
        <>
          {" · "}
          <StatusSign status={status} />
          {reachedWords(words, message)}
          {status === "sent" ? null : (
            <>
              {" "}
              <Time at={message.statusAt} length={sameDay ? "clock" : "short"} />
            </>
          )}
        </>
      ) : null}
      {failure ? failureWords(words.channels[channel], failure) : null}
    </p>
  );
}

/** How far it got and, in a group, with how many. */
function reachedWords({ cameTo, statuses }: PageTexts["thread"], message: MessageView): string {
  const { status, cameTo: people } = message;
  if (!people || status === "sent" || status === "failed") return statuses[status];
  return people.read > 0 ? cameTo.read(people.read) : cameTo.delivered(people.delivered);
}

const check = "M2 8.5l3 3 6-7";
const twoChecks = `${check} M8 11.5l.5.5 6-7`;
const signs: Record<MessageView["status"], string | null> = {
  received: null,
  sent: check,
  delivered: twoChecks,
  read: twoChecks,
  played: "M4.5 3v10l8-5z",
  failed: "M8 2.5v7M8 12.5v.5",
};

function StatusSign({ status }: { status: MessageView["status"] }) {
  const sign = signs[status];
  if (!sign) return null;
  // Read is what people look for: its checks are dark.
  const look = status === "read" || status === "played" ? "text-ink" : "";
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
      className={`mr-1 inline size-3.5 align-[-0.15em] ${look}`}
    >
      <path
        d={sign}
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

type Failure = NonNullable<MessageView["failure"]>;

/** The platform's code in our words where we know it, else its own. */
function failureWords(
  words: PageTexts["thread"]["channels"][ChannelId],
  { code, title }: Failure,
): string | null {
  if (code !== null && Object.hasOwn(words.failures, code)) return ` · ${words.failures[code]}`;
  return title ? ` · ${words.failedBecause} ${title}` : null;
}
