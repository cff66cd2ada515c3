import { Link } from "@remix-run/react";
import { channelIds, channels } from "../../integrations/catalog.ts";
import type { DeliveriesPage as DeliveriesList, DeliveryView } from "../../operations/deliveries.server.ts";
import { type DeliveryNarrowing, deliveryStates, queryOf } from "../../operations/filters.ts";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { Choice, channelName, DeliveryStateChip, FilterForm, OperationsFrame, Pager } from "./frame.tsx";
import { DataTable, Duration, useNumbers } from "./table.tsx";

interface DeliveriesPageProps {
  page: DeliveriesList;
  filter: DeliveryNarrowing;
  isFirst: boolean;
}

export function DeliveriesPage({ page, filter, isFirst }: DeliveriesPageProps) {
  const words = pageTexts(useTexts()).operations;
  const numbers = useNumbers();
  const path = (before?: string) => `/operations/deliveries${queryOf({ ...filter, before })}`;
  return (
    <OperationsFrame title={words.deliveries.title}>
      <DeliveryFilter filter={filter} />
      <DeliveryTable deliveries={page.items} />
      {page.lookedAt === null ? null : (
        <p className="text-ink-soft">{words.deliveries.lookedAt(numbers(page.lookedAt))}</p>
      )}
      <Pager
        olderPath={page.older && path(page.older)}
        newestPath={isFirst ? null : path()}
        {...(page.lookedAt === null ? {} : { olderWords: words.deliveries.lookOn })}
      />
    </OperationsFrame>
  );
}

function DeliveryFilter({ filter }: { filter: DeliveryNarrowing }) {
  const words = pageTexts(useTexts()).operations;
  return (
    <FilterForm>
      <Choice
        name="outcome"
        label={words.columns.state}
        chosen={filter.outcome}
        options={deliveryStates.map((value) => ({ value, label: words.deliveryStates[value] }))}
      />
      <Choice
        name="provider"
        label={words.columns.channel}
        chosen={filter.provider && channels[filter.provider].path}
        options={channelIds().map((id) => ({ value: channels[id].path, label: channels[id].label }))}
      />
    </FilterForm>
  );
}

function DeliveryTable({ deliveries }: { deliveries: DeliveryView[] }) {
  const words = pageTexts(useTexts()).operations;
  const { columns } = words;
  const numbers = useNumbers();
  return (
    <DataTable
      caption={words.deliveries.caption}
      columns={[
        { key: "id", name: columns.id, numeric: true },
        { key: "received", name: columns.received },
        { key: "state", name: columns.state },
        { key: "size", name: columns.size, numeric: true },
        { key: "took", name: columns.took, numeric: true },
        { key: "attempts", name: columns.attempts, numeric: true },
        { key: "retry", name: columns.retry },
        { key: "channel", name: columns.channel },
      ]}
      rows={deliveries.map((one) => ({ key: one.id, cells: cellsOf(one, numbers) }))}
      empty={words.deliveries.empty}
    />
  );
}

function cellsOf(one: DeliveryView, numbers: (amount: number) => string) {
  return [
    <Link key="id" to={`/operations/deliveries/${one.id}`} className={linkLook}>
      {one.id}
    </Link>,
    <Time key="received" at={one.receivedAt} length="short" />,
    <DeliveryStateChip key="state" state={one.state} />,
    numbers(one.sizeBytes),
    one.tookMs === null ? "–" : <Duration key="took" ms={one.tookMs} />,
    numbers(one.attempts),
    one.retryAt ? <Time key="retry" at={one.retryAt} length="short" /> : "–",
    channelName(one.provider),
  ];
}
