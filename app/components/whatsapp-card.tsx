/** The card of WhatsApp: what it is, how it is, and the one thing to do next. */
import { Link, useRevalidator } from "@remix-run/react";
import { type ReactNode, useEffect } from "react";
import { WhatsAppSign } from "./brand.tsx";
import { ButtonLink, linkLook } from "./buttons.tsx";
import type { CardView, NumberView } from "./card-view.ts";
import { ConnectForm } from "./connect-form.tsx";
import { DocumentForm, SubmitButton } from "./forms.tsx";
import { Facts, listItem, NamedList, Notice, Panel, StateChip } from "./page.tsx";
import { PhoneNumber } from "./phone-number.tsx";
import { texts } from "./texts.ts";
import { Time } from "./time.tsx";

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

function Section({ children }: { children: ReactNode }) {
  return <div className="grid gap-4 border-t border-line px-5 py-5">{children}</div>;
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
        <ConnectForm label={words.startAgain} quiet />
      </div>
    </Section>
  );
}

/** A workspace may have several: each with its own state, disconnect and reconnect. */
function AnotherNumber() {
  return (
    <Section>
      <ConnectForm label={words.another} quiet />
    </Section>
  );
}

function ConnectedNumber({ number }: { number: NumberView }) {
  const { displayName, trouble, deliveries } = number;
  const details = words.details;
  return (
    <Section>
      {trouble ? <Trouble trouble={trouble} /> : null}
      {number.registrationRefusal ? <Unregistered id={number.id} code={number.registrationRefusal} /> : null}
      {deliveries === "failed" && !trouble ? (
        <RetryForm id={number.id} step="deliveries" label={words.retryDeliveries} />
      ) : null}
      {number.silentSince ? (
        <Notice look="warn" title={words.silence.title}>
          {words.silence.text} <Time at={number.silentSince} />.
        </Notice>
      ) : null}
      {number.endsAt ? (
        <Notice look="warn" title={words.ending.title}>
          {words.ending.text} <Time at={number.endsAt} />.
        </Notice>
      ) : null}
      {number.requestedAt ? (
        <Notice look="warn" title={words.requested.title}>
          {words.requested.text} {words.requested.since} <Time at={number.requestedAt} />.
        </Notice>
      ) : null}
      <Facts
        facts={[
          {
            name: details.number,
            value: number.number ? <PhoneNumber number={number.number} className="font-semibold" /> : "–",
          },
          { name: details.name, value: displayName ?? "–" },
          { name: details.since, value: <Time at={number.since} /> },
          ...(trouble ? [] : [{ name: details.deliveries, value: <Deliveries state={deliveries} /> }]),
        ]}
      />
      <div className="flex flex-wrap items-center gap-3">
        {trouble ? (
          <ConnectForm label={words.reconnect} quiet={!words.troubleOf(trouble.code).reconnectHelps} />
        ) : (
          <ButtonLink to="/conversations">{words.seeConversations}</ButtonLink>
        )}
        {number.endsAt ? <ConnectForm label={words.reconnect} quiet /> : null}
        <Link
          to={`/settings/integrations/whatsapp/disconnect?connection=${number.id}`}
          className={`py-2 ${linkLook}`}
        >
          {words.disconnect}
        </Link>
      </div>
    </Section>
  );
}

function Trouble({ trouble }: { trouble: NonNullable<NumberView["trouble"]> }) {
  const { title, effect, action } = words.troubleOf(trouble.code);
  return (
    <Notice look="warn" title={title}>
      <p>
        {effect} {action}
      </p>
      <p className="mt-1 text-xs">
        {words.since} <Time at={trouble.at} />. {words.reference}{" "}
        <code className="font-mono">{trouble.code}</code>
      </p>
    </Notice>
  );
}

function Unregistered({ id, code }: { id: string; code: string }) {
  const { title, effect, refusals, otherwise } = words.registration;
  return (
    <Notice look="warn" title={title}>
      <p>
        {effect} {refusals[code] ?? otherwise}
      </p>
      <p className="mt-1 mb-2 text-xs">
        {words.reference} <code className="font-mono">{code}</code>
      </p>
      <RetryForm id={id} step="registration" label={words.tryAgain} />
    </Notice>
  );
}

function RetryForm({ id, step, label }: { id: string; step: "deliveries" | "registration"; label: string }) {
  return (
    <DocumentForm action={`/settings/integrations/whatsapp/retry?step=${step}`}>
      <input type="hidden" name="connectionId" value={id} />
      <SubmitButton look="quiet" pending={words.connecting}>
        {label}
      </SubmitButton>
    </DocumentForm>
  );
}

function Deliveries({ state }: { state: NumberView["deliveries"] }) {
  if (state !== "starting") return words.deliveries[state];
  return (
    <>
      {words.deliveries.starting}{" "}
      <Link to="/settings/integrations" className={linkLook}>
        {words.checkAgain}
      </Link>
    </>
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
      <ConnectForm label={connectLabel(card)} />
    </Section>
  );
}

function connectLabel({ connecting, disconnected, failedAttempt }: CardView): string {
  if (connecting) return words.continueAtMeta;
  if (disconnected) return words.connectAgain;
  return failedAttempt ? words.tryAgain : words.connect;
}
