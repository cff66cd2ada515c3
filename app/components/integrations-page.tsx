import type { ReasonCode } from "../integrations/errors.ts";
import type { CardView } from "./card-view.ts";
import { Notice, PageHeading } from "./page.tsx";
import { texts } from "./texts.ts";
import { WhatsAppCard } from "./whatsapp-card.tsx";

interface IntegrationsPageProps {
  card: CardView;
  /** An attempt to connect has just succeeded, as the address says; believed only when the card agrees. */
  justConnected: boolean;
  /** Why an attempt to connect has just failed. */
  reason: ReasonCode | null;
  byHandPath?: string;
}

const words = texts.integrations;

export function IntegrationsPage({ card, justConnected, reason, byHandPath }: IntegrationsPageProps) {
  // One cause, told once: the banner says it for the attempt just made.
  const shown = reason !== null && reason === card.failedAttempt ? { ...card, failedAttempt: null } : card;
  return (
    <div className="grid gap-6">
      <PageHeading title={words.title} lead={words.lead} />
      {justConnected && card.numbers.length > 0 ? (
        <Notice look="good" role="status" title={words.nowConnected} />
      ) : null}
      {reason ? <FailedAttempt reason={reason} /> : null}
      <WhatsAppCard card={shown} byHandPath={byHandPath} />
    </div>
  );
}

function FailedAttempt({ reason }: { reason: ReasonCode }) {
  const { title, text } = words.reasons[reason];
  return (
    <Notice look="bad" role="alert" title={title}>
      <p>{text}</p>
      <p className="mt-1 text-xs">
        {words.reference} <code className="font-mono">{reason}</code>
      </p>
    </Notice>
  );
}
