import { Link } from "@remix-run/react";
import type { QuarantineDetail } from "../../operations/quarantine.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { DocumentForm, SubmitButton } from "../forms/forms.tsx";
import { Facts, Panel, Section, StateChip } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { channelName, OperationsFrame } from "./frame.tsx";
import { deliveryLink, detailOf, numberLink, ReasonWords } from "./items-table.tsx";
import { Code } from "./table.tsx";

/** One item that reached nobody: why, where in its delivery, and whose number it is now. */
export function QuarantineItemPage(detail: QuarantineDetail) {
  const words = pageTexts(useTexts()).operations;
  const { item } = detail;
  const back = (
    <Link to="/operations/quarantine" className={linkLook}>
      {words.item.back}
    </Link>
  );
  return (
    <OperationsFrame title={words.item.title(item.id)} back={back}>
      <Panel>
        <div className="px-5 py-5">
          <ItemFacts {...detail} />
        </div>
        <Section>
          <div className="flex flex-wrap items-center gap-4">
            {item.replayedAt ? null : <ReplayForm id={item.id} />}
            <Link to={`/operations/deliveries/${item.deliveryId}`} className={`py-2 ${linkLook}`}>
              {words.item.toDelivery}
            </Link>
          </div>
        </Section>
      </Panel>
    </OperationsFrame>
  );
}

function ItemFacts({ item, provider, receivedAt, requestId }: QuarantineDetail) {
  const { columns, nobody, item: words } = pageTexts(useTexts()).operations;
  const facts = [
    { name: columns.reason, value: <ReasonWords reason={item.reason} /> },
    { name: columns.detail, value: detailOf(item.detail) },
    { name: columns.number, value: numberLink(item.phoneNumberId) },
    { name: columns.holder, value: item.holder ?? (item.phoneNumberId ? nobody : "–") },
    { name: columns.setAside, value: <Time at={item.setAsideAt} /> },
    {
      name: columns.replayed,
      value: item.replayedAt ? (
        <Time at={item.replayedAt} />
      ) : (
        <StateChip look="warn">{words.inQuarantine}</StateChip>
      ),
    },
    { name: columns.delivery, value: deliveryLink(item) },
    { name: columns.place, value: <Code>{item.path}</Code> },
    { name: columns.received, value: <Time at={receivedAt} /> },
    { name: columns.channel, value: channelName(provider) },
    { name: columns.request, value: <Code>{requestId}</Code> },
  ];
  return <Facts facts={facts} />;
}

function ReplayForm({ id }: { id: string }) {
  const words = pageTexts(useTexts()).operations;
  return (
    <DocumentForm action="/operations/quarantine/replay">
      <input type="hidden" name="item" value={id} />
      <input type="hidden" name="from" value="item" />
      <SubmitButton pending={words.quarantine.replaying}>{words.item.replay}</SubmitButton>
    </DocumentForm>
  );
}
