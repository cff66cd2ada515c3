import { type QuarantineNarrowing, quarantineReasons, queryOf } from "../../operations/filters.ts";
import type { QuarantinePage as QuarantineList } from "../../operations/quarantine.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { ButtonLink } from "../forms/buttons.tsx";
import { DocumentForm, SubmitButton } from "../forms/forms.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Choice, CountWords, FilterForm, OperationsFrame, Pager } from "./frame.tsx";
import { ItemsTable } from "./items-table.tsx";

interface QuarantinePageProps {
  page: QuarantineList;
  filter: QuarantineNarrowing;
  isFirst: boolean;
}

/** What reached nobody, with a box for each item; all of a filter is replayed on a page that asks first. */
export function QuarantinePage({ page, filter, isFirst }: QuarantinePageProps) {
  const words = pageTexts(useTexts()).operations;
  const query = { reason: filter.reason, number: filter.phoneNumberId };
  const path = (before?: string) => `/operations/quarantine${queryOf({ ...query, before })}`;
  return (
    <OperationsFrame title={words.quarantine.title}>
      <QuarantineFilter filter={filter} />
      <DocumentForm
        action="/operations/quarantine/replay"
        className="grid grid-cols-[minmax(0,1fr)] gap-4"
        aria-label={words.quarantine.replaySelected}
      >
        {filter.reason ? <input type="hidden" name="reason" value={filter.reason} /> : null}
        {filter.phoneNumberId ? <input type="hidden" name="number" value={filter.phoneNumberId} /> : null}
        <ItemsTable
          caption={words.quarantine.caption}
          items={page.items}
          empty={words.quarantine.empty}
          selectBy={({ id }) => <ItemBox id={id} />}
        />
        {page.items.length > 0 ? (
          <div className="flex flex-wrap items-center gap-3">
            <SubmitButton look="quiet" pending={words.quarantine.replaying}>
              {words.quarantine.replaySelected}
            </SubmitButton>
            <ButtonLink to={`/operations/quarantine/replay${queryOf(query)}`}>
              {words.quarantine.replayAll}
            </ButtonLink>
            <FilterCount count={page.count} />
          </div>
        ) : null}
      </DocumentForm>
      <Pager olderPath={page.older && path(page.older)} newestPath={isFirst ? null : path()} />
    </OperationsFrame>
  );
}

function QuarantineFilter({ filter }: { filter: QuarantineNarrowing }) {
  const words = pageTexts(useTexts()).operations;
  return (
    <FilterForm>
      <Choice
        name="reason"
        label={words.columns.reason}
        chosen={filter.reason}
        options={quarantineReasons.map((value) => ({ value, label: words.reasons[value] }))}
      />
      <div className="grid max-w-full grid-cols-[minmax(0,1fr)] gap-1">
        <label htmlFor="filter-number" className="text-xs font-semibold">
          {words.columns.number}
        </label>
        <input
          key={filter.phoneNumberId}
          id="filter-number"
          name="number"
          defaultValue={filter.phoneNumberId}
          inputMode="numeric"
          autoComplete="off"
          className="h-11 w-full rounded-sm border border-line-strong bg-panel px-3 sm:h-10"
        />
      </div>
    </FilterForm>
  );
}

function ItemBox({ id }: { id: string }) {
  const words = pageTexts(useTexts()).operations.quarantine;
  return (
    // The label is as large as a finger needs it.
    <label className="-m-2 flex size-9 cursor-pointer items-center justify-center">
      <input type="checkbox" name="item" value={id} className="size-5 accent-ink" />
      <span className="sr-only">{words.selectItem(id)}</span>
    </label>
  );
}

function FilterCount({ count }: { count: QuarantineList["count"] }) {
  const words = pageTexts(useTexts()).operations;
  return (
    <p className="text-ink-soft">
      {words.overview.quarantine}: <CountWords count={countOf(count)} />
    </p>
  );
}

export function countOf({ items, orMore }: QuarantineList["count"]) {
  return { amount: items, is: orMore ? ("atLeast" as const) : ("exact" as const) };
}
