/** What the operator's pages share: the way between them, filters, the next page, and how states and counts are named. */
import { NavLink } from "@remix-run/react";
import type { ReactNode } from "react";
import { channels, isChannelId } from "../../integrations/catalog.ts";
import type { DeliveryState } from "../../operations/filters.ts";
import type { Count } from "../../operations/overview.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { ButtonLink, buttonLook } from "../forms/buttons.tsx";
import { PageHeading, StateChip } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { useNumbers } from "./table.tsx";

interface OperationsFrameProps {
  title: string;
  lead?: ReactNode;
  back?: ReactNode;
  children: ReactNode;
}

export function OperationsFrame({ children, ...heading }: OperationsFrameProps) {
  const { sections } = pageTexts(useTexts()).operations;
  return (
    <div data-wide="" className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <PageHeading {...heading} />
      <nav aria-label={sections.label}>
        <ul className="flex flex-wrap gap-1 border-b border-line">
          <SectionLink to="/operations" end>
            {sections.overview}
          </SectionLink>
          <SectionLink to="/operations/deliveries">{sections.deliveries}</SectionLink>
          <SectionLink to="/operations/quarantine">{sections.quarantine}</SectionLink>
          <SectionLink to="/operations/numbers">{sections.numbers}</SectionLink>
          <SectionLink to="/operations/jobs">{sections.jobs}</SectionLink>
        </ul>
      </nav>
      {children}
    </div>
  );
}

function SectionLink({ to, end = false, children }: { to: string; end?: boolean; children: ReactNode }) {
  return (
    <li>
      <NavLink
        to={to}
        end={end}
        className="flex min-h-10 items-center border-b-3 border-transparent px-2.5 hover:bg-sunken aria-[current=page]:border-mark aria-[current=page]:font-semibold forced-colors:border-[Canvas] forced-colors:aria-[current=page]:border-[Highlight]"
      >
        {children}
      </NavLink>
    </li>
  );
}

/** Narrows a list by its address, so that what is found can be sent to somebody. */
export function FilterForm({ children }: { children: ReactNode }) {
  const words = pageTexts(useTexts()).operations;
  return (
    <form method="get" className="flex flex-wrap items-end gap-3">
      {children}
      <button type="submit" className={buttonLook.quiet}>
        {words.narrow}
      </button>
    </form>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  chosen: string | undefined;
  options: { value: string; label: string }[];
}

/** One of several, or all of them. */
export function Choice({ name, label, chosen = "", options }: ChoiceProps) {
  const words = pageTexts(useTexts()).operations;
  return (
    <div className="grid max-w-full grid-cols-[minmax(0,1fr)] gap-1">
      <label htmlFor={`filter-${name}`} className="text-xs font-semibold">
        {label}
      </label>
      <select
        // A new page with another choice is drawn with that choice.
        key={chosen}
        id={`filter-${name}`}
        name={name}
        defaultValue={chosen}
        className="h-11 rounded-sm border border-line-strong bg-panel px-2 sm:h-10"
      >
        <option value="">{words.all}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

interface PagerProps {
  olderPath: string | null;
  /** Where there is something before this page. */
  newestPath: string | null;
  olderWords?: string;
}

export function Pager({ olderPath, newestPath, olderWords }: PagerProps) {
  const words = pageTexts(useTexts()).operations;
  if (!olderPath && !newestPath) return null;
  return (
    <p className="flex flex-wrap gap-3">
      {olderPath ? <ButtonLink to={olderPath}>{olderWords ?? words.older}</ButtonLink> : null}
      {newestPath ? <ButtonLink to={newestPath}>{words.newest}</ButtonLink> : null}
    </p>
  );
}

const stateLook = {
  open: "wait",
  processed: "good",
  quarantined: "warn",
  ignored: "none",
  failed: "warn",
} as const satisfies Record<DeliveryState, string>;

export function DeliveryStateChip({ state }: { state: DeliveryState }) {
  const words = pageTexts(useTexts()).operations;
  return <StateChip look={stateLook[state]}>{words.deliveryStates[state]}</StateChip>;
}

/** A count, and whether it is one: `1,204`, `100,000 or more`, `about 5,000,000`. */
export function CountWords({ count: { amount, is } }: { count: Count }) {
  const words = pageTexts(useTexts()).operations;
  const written = useNumbers()(amount);
  return (
    <span className="tabular">
      {is === "exact" ? written : is === "atLeast" ? words.atLeast(written) : words.about(written)}
    </span>
  );
}

export function channelName(provider: string): string {
  return isChannelId(provider) ? channels[provider].label : provider;
}
