import type { ChannelId } from "../../integrations/catalog.ts";
import type { ReasonCode } from "../../integrations/connect/reasons.ts";
import { useLive } from "../frame/live.ts";
import { Notice, PageHeading } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import type { CardView } from "./card-view.ts";
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
        <JustNow key={one.channel} {...one} />
      ))}
      {cards.map(({ channel, card, reason, byHandPath }) => (
        <ChannelCard
          key={channel}
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
  const texts = useTexts();
  return (
    <>
      {justConnected && card.numbers.length > 0 ? (
        <Notice look="good" role="status" title={texts.channels[channel].nowConnected} />
      ) : null}
      {reason ? <FailedAttempt channel={channel} reason={reason} isKept={isKept(card, reason)} /> : null}
    </>
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
