/** A connected number on the card. */
import { Link } from "@remix-run/react";
import { ButtonLink, linkLook } from "./buttons.tsx";
import type { NumberView } from "./card-view.ts";
import { ConnectForm } from "./connect-form.tsx";
import { DocumentForm, SubmitButton } from "./forms.tsx";
import { Facts, Notice, Section } from "./page.tsx";
import { PhoneNumber } from "./phone-number.tsx";
import { texts } from "./texts.ts";
import { Time } from "./time.tsx";

const words = texts.integrations;

/** One number: its state, what is wrong with it, and what to do about that. */
export function ConnectedNumber({ number }: { number: NumberView }) {
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
          <ConnectForm
            channel="whatsapp"
            label={words.reconnect}
            quiet={!words.troubleOf(trouble.code).reconnectHelps}
          />
        ) : (
          <ButtonLink to="/conversations">{words.seeConversations}</ButtonLink>
        )}
        {number.endsAt ? <ConnectForm channel="whatsapp" label={words.reconnect} quiet /> : null}
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
