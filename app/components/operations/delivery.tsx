import { Link } from "@remix-run/react";
import type { BodyView, DeliveryDetail, DeliveryView } from "../../operations/deliveries.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { DocumentForm, SubmitButton } from "../forms/forms.tsx";
import { Facts, Panel, Section } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { channelName, DeliveryStateChip, OperationsFrame } from "./frame.tsx";
import { ItemsTable } from "./items-table.tsx";
import { Code, Duration, useNumbers } from "./table.tsx";

interface DeliveryPageProps extends DeliveryDetail {
  /** In the answer to the form that asks for it, and nowhere else. */
  body: BodyView | undefined;
}

export function DeliveryPage({ delivery, items, body }: DeliveryPageProps) {
  const words = pageTexts(useTexts()).operations;
  const back = (
    <Link to="/operations/deliveries" className={linkLook}>
      {words.delivery.back}
    </Link>
  );
  return (
    <OperationsFrame title={words.delivery.title(delivery.id)} back={back}>
      <Panel>
        <div className="px-5 py-5">
          <DeliveryFacts delivery={delivery} />
        </div>
      </Panel>
      <ItemsTable caption={words.delivery.items} items={items} empty={words.delivery.noItems} ofOneDelivery />
      <BodyPanel delivery={delivery} body={body} />
    </OperationsFrame>
  );
}

function DeliveryFacts({ delivery: one }: { delivery: DeliveryView }) {
  const { columns } = pageTexts(useTexts()).operations;
  const numbers = useNumbers();
  const facts = [
    { name: columns.state, value: <DeliveryStateChip state={one.state} /> },
    { name: columns.received, value: <Time at={one.receivedAt} /> },
    { name: columns.processed, value: one.processedAt ? <Time at={one.processedAt} /> : "–" },
    { name: columns.took, value: one.tookMs === null ? "–" : <Duration ms={one.tookMs} /> },
    ...(one.reopenedAt ? [{ name: columns.reopened, value: <Time at={one.reopenedAt} /> }] : []),
    { name: columns.attempts, value: <span className="tabular">{numbers(one.attempts)}</span> },
    ...(one.retryAt ? [{ name: columns.retry, value: <Time at={one.retryAt} /> }] : []),
    { name: columns.size, value: <span className="tabular">{numbers(one.sizeBytes)}</span> },
    { name: columns.channel, value: channelName(one.provider) },
    { name: columns.request, value: <Code>{one.requestId}</Code> },
  ];
  return <Facts facts={facts} />;
}

function BodyPanel({ delivery, body }: { delivery: DeliveryView; body: BodyView | undefined }) {
  const words = pageTexts(useTexts()).operations.delivery;
  return (
    <Panel labelledBy="body-heading">
      <div className="grid justify-items-start gap-3 px-5 py-5">
        <h2 id="body-heading" className="text-base">
          {words.body}
        </h2>
        <p className="text-ink-soft">{words.bodyLead}</p>
        {body ? null : (
          <DocumentForm action={`/operations/deliveries/${delivery.id}`}>
            <SubmitButton look="quiet" pending={words.showing}>
              {words.show}
            </SubmitButton>
          </DocumentForm>
        )}
      </div>
      {body ? <Body body={body} /> : null}
    </Panel>
  );
}

function Body({ body: { text, sizeBytes, cutAt } }: { body: BodyView }) {
  const words = pageTexts(useTexts()).operations.delivery;
  const numbers = useNumbers();
  return (
    <Section>
      {cutAt === null ? null : <p role="status">{words.cut(numbers(cutAt), numbers(sizeBytes))}</p>}
      <section
        aria-labelledby="body-heading"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer.
        tabIndex={0}
        className="max-h-160 min-w-0 overflow-auto rounded-sm border border-line bg-sunken p-3"
      >
        <pre dir="ltr" translate="no" className="font-mono text-xs whitespace-pre-wrap">
          {text}
        </pre>
      </section>
    </Section>
  );
}
