import type { ChannelId } from "../../integrations/catalog.ts";
import type { ReasonCode } from "../../integrations/connect/reasons.ts";
import { useLive } from "../frame/live.ts";
import { Notice, PageHeading, PhoneNumber } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { keyInTranslation } from "../frame/translated.ts";
import { type CardView, newestOf } from "./card-view.ts";
import { ChannelCard } from "./channel-card.tsx";

export interface ChannelOnPage {
  channel: ChannelId;
  card: CardView;
  /** An attempt to connect has just succeeded, as the address says; believed only when the card agrees. */
  justConnected: boolean;
  /** Why an attempt to connect has just failed. */
  reason: ReasonCode | null;
  byHandPath?: string;
}

/** One card for each channel; what has just happened to one of them stands above all. */
export function IntegrationsPage({ cards }: { cards: ChannelOnPage[] }) {
  const words = useTexts().integrations;
  useLive(["connections"]);
  return (
    <div className="grid gap-6">
      <PageHeading title={words.title} lead={words.lead} />
      {cards.map((one) => (
        <JustNow key={keyInTranslation(one.channel, one.card)} {...one} />
      ))}
      {cards.map(({ channel, card, reason, byHandPath }) => (
        <ChannelCard
          key={keyInTranslation(channel, card)}
          channel={channel}
          // One cause, told once: the banner says it for the attempt just made.
          card={reason !== null && reason === card.failedAttempt ? { ...card, failedAttempt: null } : card}
          byHandPath={byHandPath}
        />
      ))}
    </div>
  );
}

function JustNow({ channel, card, justConnected, reason }: ChannelOnPage) {
  return (
    <>
      {justConnected ? <Connected channel={channel} card={card} /> : null}
      {reason ? <FailedAttempt channel={channel} reason={reason} isKept={isKept(card, reason)} /> : null}
    </>
  );
}

/** Only what is so of the number just connected; what is wrong with it stands at the number itself. */
function Connected({ channel, card: { numbers } }: Pick<ChannelOnPage, "channel" | "card">) {
  const words = useTexts().channels[channel];
  const newest = newestOf(numbers);
  if (!newest || newest.state === "attention") return null;
  const title = newest.state === "starting" ? words.nowStarting : words.nowConnected;
  const which = numbers.length > 1 && newest.number ? <PhoneNumber number={newest.number} /> : null;
  return (
    <Notice
      look={newest.state === "starting" ? "plain" : "good"}
      role="status"
      title={
        <>
          {title} {which}
        </>
      }
    />
  );
}

/** Meta has confirmed all the same, and the card says how to go on. */
const isKept = ({ choosing }: CardView, reason: ReasonCode) =>
  choosing !== false && (reason === "no_number" || reason === "meta_unavailable");

interface FailedAttemptProps {
  channel: ChannelId;
  reason: ReasonCode;
  isKept: boolean;
}

function FailedAttempt({ channel, reason, isKept }: FailedAttemptProps) {
  const texts = useTexts();
  const words = texts.integrations;
  const { title, text } = texts.channels[channel].reasons[reason];
  return (
    <Notice look="bad" role="alert" title={title}>
      {isKept ? null : <p>{text}</p>}
      <p className="mt-1 text-xs">
        {words.reference} <code className="font-mono">{reason}</code>
      </p>
    </Notice>
  );
}
