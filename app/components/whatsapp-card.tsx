/** The card of WhatsApp: what it is, how it is, and the one thing to do next. */
import { Link, useRevalidator } from "@remix-run/react";
import { useEffect } from "react";
import { WhatsAppSign } from "./brand.tsx";
import { ButtonLink, linkLook } from "./buttons.tsx";
import type { CardView, NumberView } from "./card-view.ts";
import { ConnectForm } from "./connect-form.tsx";
import { ConnectedNumber } from "./connected-number.tsx";
import { listItem, NamedList, Notice, Panel, Section, StateChip } from "./page.tsx";
import { texts } from "./texts.ts";

const words = texts.integrations;

export function WhatsAppCard({ card, byHandPath }: { card: CardView; byHandPath: string | undefined }) {
  useFreshAnswers(card.numbers.some((number) => number.state === "starting"));
  return (
    <Panel labelledBy="whatsapp">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-4">
        <span className="rounded-sm bg-ink p-1.5 text-on-ink">
          <WhatsAppSign className="size-6" />
        </span>
        <h2 id="whatsapp" className="grow text-lg">
          WhatsApp
        </h2>
        <div role="status">
          <CardState card={card} />
        </div>
      </div>
      {card.choosing ? <OpenChoice choosing={card.choosing} /> : null}
      {card.numbers.map((number) => (
        <ConnectedNumber key={number.id} number={number} />
      ))}
      {card.numbers.length === 0 && !card.choosing ? <Invitation card={card} /> : null}
      {card.numbers.length > 0 && !card.choosing ? <AnotherNumber /> : null}
      <p className="flex flex-wrap gap-x-5 gap-y-2 border-t border-line bg-paper px-5 py-3 text-xs">
        <Link to="/settings/integrations/whatsapp/activity" className={linkLook}>
          {texts.activity.link}
        </Link>
        {byHandPath ? (
          <Link to={byHandPath} className={linkLook}>
            {words.manualLink}
          </Link>
        ) : null}
      </p>
    </Panel>
  );
}

/** Asks again every three seconds while something is being switched on and somebody looks. */
function useFreshAnswers(waiting: boolean) {
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") revalidate();
    }, 3_000);
    return () => clearInterval(timer);
  }, [waiting, revalidate]);
}

function CardState({ card }: { card: CardView }) {
  const is = (state: NumberView["state"]) => card.numbers.some((number) => number.state === state);
  if (is("attention")) return <StateChip look="warn">{words.states.attention}</StateChip>;
  if (is("starting")) return <StateChip look="wait">{words.states.starting}</StateChip>;
  if (is("connected")) return <StateChip look="good">{words.states.connected}</StateChip>;
  if (card.choosing) return <StateChip look="wait">{words.states.choosing}</StateChip>;
  if (card.connecting) return <StateChip look="wait">{words.states.connecting}</StateChip>;
  return <StateChip look="none">{words.states.notConnected}</StateChip>;
}

function OpenChoice({ choosing }: { choosing: "several" | "none" }) {
  const { text, action } = choosing === "several" ? words.choosing : words.awaiting;
  return (
    <Section>
      <p className="max-w-prose">{text}</p>
      <div className="flex flex-wrap gap-3">
        <ButtonLink look="primary" to="/settings/integrations/whatsapp/number">
          {action}
        </ButtonLink>
        <ConnectForm channel="whatsapp" label={words.startAgain} quiet />
      </div>
    </Section>
  );
}

/** A workspace may have several: each with its own state, disconnect and reconnect. */
function AnotherNumber() {
  return (
    <Section>
      <ConnectForm channel="whatsapp" label={words.another} quiet />
    </Section>
  );
}

/** Before there is a number: what it brings, what it takes, and the button. */
function Invitation({ card }: { card: CardView }) {
  const failed = card.failedAttempt && words.reasons[card.failedAttempt];
  return (
    <Section>
      {failed ? (
        <Notice look="warn" title={failed.title}>
          {failed.text}
        </Notice>
      ) : null}
      {card.connecting ? <p className="font-semibold">{words.atMeta}</p> : null}
      {card.disconnected ? <p className="font-semibold">{words.disconnected}</p> : null}
      <p className="text-base">{words.about}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        <NamedList name={words.youGet}>{words.gains.map(listItem)}</NamedList>
        <NamedList name={words.youNeed}>{words.needs.map(listItem)}</NamedList>
      </div>
      <p className="max-w-prose text-xs text-ink-soft">{words.beforeLeaving}</p>
      <ConnectForm channel="whatsapp" label={connectLabel(card)} />
    </Section>
  );
}

function connectLabel({ connecting, disconnected, failedAttempt }: CardView): string {
  if (connecting) return words.continueAtMeta;
  if (disconnected) return words.connectAgain;
  return failedAttempt ? words.tryAgain : words.connect;
}
