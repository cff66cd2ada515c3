import { Link } from "@remix-run/react";
import type { ReactNode } from "react";
import type { Overview, readTrail } from "../../operations/overview.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { Facts, Panel } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { CountWords, OperationsFrame, Pager } from "./frame.tsx";
import { Code, DataTable, Duration, useNumbers } from "./table.tsx";

type Trail = Awaited<ReturnType<typeof readTrail>>;

interface OperationsPageProps {
  overview: Overview;
  trail: Trail;
  isFirst: boolean;
}

/** How all of it is doing at a glance; each number leads to what it counts. Below, what staff did. */
export function OperationsPage({ overview, trail, isFirst }: OperationsPageProps) {
  const words = pageTexts(useTexts()).operations;
  return (
    <OperationsFrame title={words.title} lead={words.lead}>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,22rem),1fr))] gap-5">
        <NowPanel overview={overview} />
        <DayPanel day={overview.day} />
      </div>
      <QuarantineTable reasons={overview.quarantine} />
      <TrailList trail={trail} />
      <Pager
        olderPath={trail.older && `/operations?before=${trail.older}`}
        newestPath={isFirst ? null : "/operations"}
      />
    </OperationsFrame>
  );
}

function NamedPanel({ id, name, children }: { id: string; name: string; children: ReactNode }) {
  return (
    <Panel labelledBy={id}>
      <div className="grid gap-3 px-5 py-4">
        <h2 id={id} className="text-base">
          {name}
        </h2>
        {children}
      </div>
    </Panel>
  );
}

function NowPanel({ overview: { open, oldestOpenMs, jobs, unrouted } }: { overview: Overview }) {
  const words = pageTexts(useTexts()).operations;
  const numbers = useNumbers();
  const facts = [
    fact(words.overview.open, "/operations/deliveries?outcome=open", <CountWords count={open} />),
    {
      name: words.overview.oldest,
      value: oldestOpenMs === null ? words.none : <Duration ms={oldestOpenMs} />,
    },
    fact(words.overview.jobs, "/operations/jobs", numbers(jobs.waiting)),
    fact(words.overview.failing, "/operations/jobs", numbers(jobs.failing)),
    fact(words.overview.givenUp, "/operations/jobs", numbers(jobs.givenUp)),
    fact(words.overview.unrouted, "/operations/numbers", <CountWords count={unrouted} />),
  ];
  return (
    <NamedPanel id="now" name={words.overview.now}>
      <Facts facts={facts} />
    </NamedPanel>
  );
}

function DayPanel({ day: { received, processed, quarantined } }: Pick<Overview, "day">) {
  const words = pageTexts(useTexts()).operations;
  const facts = [
    fact(words.overview.received, "/operations/deliveries", <CountWords count={received} />),
    { name: words.overview.processed, value: <CountWords count={processed} /> },
    { name: words.overview.quarantined, value: <CountWords count={quarantined} /> },
  ];
  return (
    <NamedPanel id="day" name={words.overview.day}>
      <Facts facts={facts} />
    </NamedPanel>
  );
}

function fact(name: string, to: string, value: ReactNode) {
  return {
    name,
    value: (
      <Link to={to} className={`tabular ${linkLook}`}>
        {value}
      </Link>
    ),
  };
}

function QuarantineTable({ reasons }: { reasons: Overview["quarantine"] }) {
  const words = pageTexts(useTexts()).operations;
  const numbers = useNumbers();
  return (
    <DataTable
      caption={words.overview.quarantine}
      columns={[
        { key: "reason", name: words.columns.reason },
        { key: "items", name: words.columns.items, numeric: true },
      ]}
      rows={reasons.map(({ reason, items }) => ({
        key: reason,
        cells: [
          <Link key="reason" to={`/operations/quarantine?reason=${reason}`} className={linkLook}>
            {words.reasons[reason]}
          </Link>,
          numbers(items),
        ],
      }))}
      empty={words.overview.nothing}
    />
  );
}

function TrailList({ trail }: { trail: Trail }) {
  const words = pageTexts(useTexts()).operations.trail;
  return (
    <Panel labelledBy="trail">
      <h2 id="trail" className="px-5 pt-4 pb-2 text-base">
        {words.title}
      </h2>
      {trail.items.length === 0 ? <p className="px-5 pb-4 text-ink-soft">{words.empty}</p> : null}
      <ol aria-labelledby="trail" className="divide-y divide-line">
        {trail.items.map((event) => (
          <TrailLine key={event.id} event={event} />
        ))}
      </ol>
    </Panel>
  );
}

function TrailLine({ event }: { event: Trail["items"][number] }) {
  const words = pageTexts(useTexts()).operations.trail;
  const { deliveryId } = event.subject;
  return (
    <li className="grid gap-0.5 px-5 py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-semibold">
          {event.action === "replay" ? words.replay : `${words.bodyShown} `}
          {deliveryId ? (
            <Link to={`/operations/deliveries/${deliveryId}`} className={`tabular ${linkLook}`}>
              {deliveryId}
            </Link>
          ) : null}
        </span>
        <span className="text-xs text-ink-soft">
          <Time at={event.at} />
        </span>
      </div>
      {event.action === "replay" ? <ReplayWords event={event} /> : null}
      <p className="text-xs text-ink-soft">
        {event.email} · <Code>{event.requestId}</Code>
      </p>
    </li>
  );
}

function ReplayWords({ event: { subject, result } }: { event: Trail["items"][number] }) {
  const words = pageTexts(useTexts()).operations;
  const { ids, reason, phoneNumberId } = subject;
  const known = Object.entries(words.reasons).find(([id]) => id === reason)?.[1];
  const narrowed = [known, phoneNumberId].filter(Boolean).join(" · ");
  return (
    <p>
      {ids ? words.trail.chosen(ids.length) : narrowed || words.trail.everything}
      {" → "}
      {words.trail.result(result.items ?? 0, result.deliveries ?? 0)}
    </p>
  );
}
