/** The parts pages are made of: a heading, panels, notices, facts. */
import type { ReactNode } from "react";

/** A page's heading takes the focus after a navigation, so that a screen reader starts where the page does. */
export function PageHeading({ title, lead, back }: { title: ReactNode; lead?: ReactNode; back?: ReactNode }) {
  return (
    <header className="grid gap-1">
      {back ? <p className="text-xs">{back}</p> : null}
      <h1 tabIndex={-1} className="text-xl">
        {title}
      </h1>
      {lead ? <p className="max-w-prose text-ink-soft">{lead}</p> : null}
    </header>
  );
}

export function Panel({ children, labelledBy }: { children: ReactNode; labelledBy?: string }) {
  return (
    <section
      aria-labelledby={labelledBy}
      className="overflow-hidden rounded-md border border-line bg-panel forced-colors:border-[CanvasText]"
    >
      {children}
    </section>
  );
}

const noticeLook = {
  good: "border-good bg-good-soft text-good",
  warn: "border-warn bg-warn-soft text-warn",
  bad: "border-bad bg-bad-soft text-bad",
  plain: "border-line-strong bg-sunken text-ink",
};

interface NoticeProps {
  look: keyof typeof noticeLook;
  title?: ReactNode;
  children?: ReactNode;
  /** `alert` for what went wrong just now; nothing for what is simply so. */
  role?: "alert" | "status";
}

export function Notice({ look, title, children, role }: NoticeProps) {
  return (
    <div role={role} className={`rounded-md border px-4 py-3 ${noticeLook[look]}`}>
      {title ? <p className="font-semibold">{title}</p> : null}
      {children ? <div className={title ? "mt-1" : ""}>{children}</div> : null}
    </div>
  );
}

const chipLook = {
  good: { box: "border-good bg-good-soft text-good", sign: "M3.5 8.5l3 3 6-7" },
  warn: { box: "border-warn bg-warn-soft text-warn", sign: "M8 3v6M8 12.5v.5" },
  wait: { box: "border-line-strong bg-sunken text-ink", sign: "M8 3.5V8l3 2" },
  none: { box: "border-line-strong bg-panel text-ink-soft", sign: "M4 8h8" },
};

/** How something is: a sign and a word, never colour alone. */
export function StateChip({ look, children }: { look: keyof typeof chipLook; children: ReactNode }) {
  const { box, sign } = chipLook[look];
  return (
    <span
      className={`inline-flex items-center gap-1.5 rounded-sm border px-2 py-0.5 text-xs font-semibold ${box}`}
    >
      <LineSign path={sign} strokeWidth="2.2" className="size-3.5" />
      {children}
    </span>
  );
}

/** A sign drawn in lines of the text's colour, on 16 by 16. Words beside it say the same. */
export function LineSign(props: { path: string; strokeWidth: string; className: string }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false" className={props.className}>
      <path
        d={props.path}
        fill="none"
        stroke="currentColor"
        strokeWidth={props.strokeWidth}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

interface FactsProps {
  facts: { name: string; value: ReactNode }[];
  /** The column is narrow on every screen. */
  stacked?: boolean;
}

/** Named facts in two columns, one under the other where there is no room. */
export function Facts({ facts, stacked = false }: FactsProps) {
  return (
    <dl className={stacked ? "grid gap-y-2" : "grid gap-x-6 gap-y-2 sm:grid-cols-[10rem_1fr]"}>
      {facts.map(({ name, value }) => (
        <div key={name} className={stacked ? "" : "sm:contents"}>
          <dt className="text-ink-soft">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const markerLook = {
  plain: "marker:text-line-strong",
  bad: "marker:text-bad",
  good: "marker:text-good",
};

interface NamedListProps {
  name: string;
  children: ReactNode;
  level?: "h2" | "h3";
  marker?: keyof typeof markerLook;
}

/** A short list under its own heading. The items are its children. */
export function NamedList({ name, children, level: Heading = "h3", marker = "plain" }: NamedListProps) {
  return (
    <div className="grid content-start gap-1">
      <Heading className={Heading === "h2" ? "text-base" : ""}>{name}</Heading>
      <ul className={`grid list-[square] gap-1 pl-4.5 ${markerLook[marker]}`}>{children}</ul>
    </div>
  );
}

export function listItem(text: string) {
  return <li key={text}>{text}</li>;
}

/** A part of a panel, set off from the one above. */
export function Section({ children }: { children: ReactNode }) {
  return <div className="grid gap-4 border-t border-line px-5 py-5">{children}</div>;
}

/** A phone number, grouped by the server, left to right in every language; in one line wherever one has room for it. */
export function PhoneNumber({ number, className }: { number: string; className?: string }) {
  return (
    <span dir="ltr" className={`tabular inline-block ${className ?? ""}`}>
      {number}
    </span>
  );
}
