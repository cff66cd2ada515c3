/** Tables of the operator's pages, and the numbers in them. */
import { type ReactNode, useId } from "react";
import { locales } from "../../texts/languages.ts";
import { usePageFacts } from "../frame/page-context.tsx";

export interface Column {
  key: string;
  name: string;
  /** Numbers stand to the right, so that they can be compared. */
  numeric?: boolean;
  /** May break: running text, or a machine's word. */
  breaks?: "text" | "code";
}

interface DataTableProps {
  caption: string;
  /** The first one names its row. */
  columns: Column[];
  rows: { key: string; cells: ReactNode[] }[];
  empty: string;
}

/** Scrolls sideways in its own frame where it is wider than the page, by keyboard too. */
export function DataTable({ caption, columns, rows, empty }: DataTableProps) {
  const id = useId();
  if (rows.length === 0) {
    return <p className="rounded-md border border-line bg-panel px-5 py-4">{empty}</p>;
  }
  return (
    <section
      aria-labelledby={id}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a pointer.
      tabIndex={0}
      className="relative overflow-x-auto rounded-md border border-line bg-panel forced-colors:border-[CanvasText]"
    >
      <table className="w-full border-collapse text-xs whitespace-nowrap">
        <caption id={id} className="px-4 py-2.5 text-left text-sm font-semibold">
          {caption}
        </caption>
        <thead>
          <tr className="border-y border-line bg-sunken">
            {columns.map(({ key, name, numeric }) => (
              <th
                key={key}
                scope="col"
                className={`px-3 py-2 font-semibold [overflow-wrap:normal] whitespace-normal ${side(numeric)}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map(({ key, cells }) => (
            <tr key={key} className="hover:bg-sunken">
              {columns.map((column, at) => (
                <Cell key={column.key} column={column} isName={at === 0}>
                  {cells[at]}
                </Cell>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Cell({ column, isName, children }: { column: Column; isName: boolean; children: ReactNode }) {
  const look = `px-3 py-2 align-top ${side(column.numeric)} ${breaking(column.breaks)}`;
  if (!isName) return <td className={look}>{children}</td>;
  return (
    <th scope="row" className={`${look} font-normal`}>
      {children}
    </th>
  );
}

const breakingLook = { text: "min-w-40 whitespace-normal", code: "min-w-36 whitespace-normal" };
const breaking = (breaks: Column["breaks"]) => (breaks ? breakingLook[breaks] : "");

const side = (numeric = false) => (numeric ? "tabular text-right" : "text-left");

/** `1,204`, as the reader's language writes it. */
export function useNumbers(): (amount: number) => string {
  const { language } = usePageFacts();
  return (amount) => amount.toLocaleString(locales[language]);
}

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** How long something took, in one unit: `85 ms`, `1.2 s`, `3 d`. */
export function Duration({ ms }: { ms: number }) {
  const { language } = usePageFacts();
  const [unit, length] = units.find(([, least]) => ms >= least) ?? ["millisecond", 1];
  const amount = Math.max(0, ms) / length;
  const style = { style: "unit", unit, unitDisplay: "short" } as const;
  return (
    // The server and the browser may know different editions of the world's customs.
    <span className="tabular whitespace-nowrap" suppressHydrationWarning>
      {amount.toLocaleString(locales[language], { ...style, maximumFractionDigits: amount < 10 ? 1 : 0 })}
    </span>
  );
}

/** An id or a word of a machine: not translated, and broken where there is no room. */
export function Code({ children }: { children: ReactNode }) {
  return (
    <code translate="no" lang="en" className="font-mono text-xs break-all">
      {children}
    </code>
  );
}
