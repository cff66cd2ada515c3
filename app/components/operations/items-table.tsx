import { Link } from "@remix-run/react";
import type { ReactNode } from "react";
import type { DeliveryItem } from "../../operations/deliveries.server.ts";
import { queryOf } from "../../operations/filters.ts";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { Code, type Column, DataTable } from "./table.tsx";

type Item = Omit<DeliveryItem, "replayedAt"> & { replayedAt?: Date | null };

interface ItemsTableProps {
  caption: string;
  items: Item[];
  empty: string;
  /** On a delivery's own page its id is left out, and whether an item was replayed is told. */
  ofOneDelivery?: boolean;
  /** A box to choose the item by. */
  selectBy?: (item: Item) => ReactNode;
}

/** Items that were set aside: where in the delivery, why, and whose number it is now. Nothing of what they say. */
export function ItemsTable({ caption, items, empty, ofOneDelivery = false, selectBy }: ItemsTableProps) {
  const { columns, nobody } = pageTexts(useTexts()).operations;
  const shown: (Column & { of: (item: Item) => ReactNode })[] = [
    { key: "id", name: columns.id, numeric: true, of: itemLink },
    ...(selectBy ? [{ key: "select", name: columns.select, of: selectBy }] : []),
    { key: "reason", name: columns.reason, of: ({ reason }) => <ReasonWords reason={reason} /> },
    { key: "number", name: columns.number, of: ({ phoneNumberId }) => numberLink(phoneNumberId) },
    {
      key: "holder",
      name: columns.holder,
      of: ({ phoneNumberId, holder }) => holder ?? (phoneNumberId ? nobody : "–"),
    },
    ...(ofOneDelivery
      ? [{ key: "replayed", name: columns.replayed, of: replayedTime }]
      : [{ key: "delivery", name: columns.delivery, numeric: true, of: deliveryLink }]),
    { key: "set", name: columns.setAside, of: ({ setAsideAt }) => <Time at={setAsideAt} length="short" /> },
    { key: "place", name: columns.place, breaks: "code", of: ({ path }) => <Code>{path}</Code> },
    { key: "detail", name: columns.detail, breaks: "text", of: ({ detail }) => detailOf(detail) },
  ];
  return (
    <DataTable
      caption={caption}
      columns={shown}
      rows={items.map((item) => ({ key: item.id, cells: shown.map(({ of }) => of(item)) }))}
      empty={empty}
    />
  );
}

export function ReasonWords({ reason }: { reason: Item["reason"] }) {
  return <>{pageTexts(useTexts()).operations.reasons[reason]}</>;
}

function itemLink({ id }: Item) {
  return (
    <Link to={`/operations/quarantine/${id}`} className={linkLook}>
      {id}
    </Link>
  );
}

export function deliveryLink({ deliveryId }: { deliveryId: string }) {
  return (
    <Link to={`/operations/deliveries/${deliveryId}`} className={`tabular ${linkLook}`}>
      {deliveryId}
    </Link>
  );
}

/** Meta's id of a number, which is not the number. Leads to all that waits for it. */
export function numberLink(phoneNumberId: string | null) {
  if (phoneNumberId === null) return "–";
  return (
    <Link
      to={`/operations/quarantine${queryOf({ number: phoneNumberId })}`}
      className={`tabular ${linkLook}`}
    >
      <bdi>{phoneNumberId}</bdi>
    </Link>
  );
}

function replayedTime({ replayedAt }: Item) {
  return replayedAt ? <Time at={replayedAt} length="short" /> : "–";
}

export function detailOf(detail: string | null) {
  return detail === null || detail === "" ? "–" : <Code>{detail}</Code>;
}
