import { Link } from "@remix-run/react";
import { queryOf } from "../../operations/filters.ts";
import type { UnroutedPage } from "../../operations/quarantine.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { OperationsFrame } from "./frame.tsx";
import { DataTable, Duration, useNumbers } from "./table.tsx";

type Unrouted = UnroutedPage["numbers"][number];

/** Numbers that deliveries came for and nobody has: forgotten at Meta, or connected elsewhere. */
export function NumbersPage({ numbers, lookedAt, now }: UnroutedPage & { now: Date }) {
  const words = pageTexts(useTexts()).operations;
  const { columns } = words;
  const write = useNumbers();
  return (
    <OperationsFrame title={words.numbers.title} lead={words.numbers.lead}>
      <DataTable
        caption={words.numbers.caption}
        columns={[
          { key: "number", name: columns.number },
          { key: "items", name: columns.items, numeric: true },
          { key: "first", name: columns.first },
          { key: "last", name: columns.last },
          { key: "waiting", name: columns.waitingFor, numeric: true },
        ]}
        rows={numbers.map((one) => ({ key: one.phoneNumberId, cells: cellsOf(one, now, write) }))}
        empty={words.numbers.empty}
      />
      {lookedAt === null ? null : <p className="text-ink-soft">{words.numbers.lookedAt(write(lookedAt))}</p>}
    </OperationsFrame>
  );
}

function cellsOf(one: Unrouted, now: Date, write: (amount: number) => string) {
  const query = queryOf({ reason: "unknown_number", number: one.phoneNumberId });
  return [
    <Link key="number" to={`/operations/quarantine${query}`} className={`tabular ${linkLook}`}>
      <bdi>{one.phoneNumberId}</bdi>
    </Link>,
    write(one.items),
    <Time key="first" at={one.firstAt} length="short" />,
    <Time key="last" at={one.lastAt} length="short" />,
    <Duration key="waiting" ms={now.getTime() - one.firstAt.getTime()} />,
  ];
}
