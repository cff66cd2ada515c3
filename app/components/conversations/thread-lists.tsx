/** Lists in a message: the beginning, and the rest behind a line that says how much more there is. */
import type { ReactNode } from "react";
import type { MessageChoice, NamedValues } from "../../integrations/message.ts";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { LinkedText, outwards } from "./linked-text.tsx";

const mostShown = 8;

interface LongListProps {
  as?: "ul" | "dl";
  className?: string;
  children: ReactNode[];
}

/** The children are its items. One more than the beginning is shown as well: a line for one item saves none. */
export function LongList({ as: List = "ul", className, children }: LongListProps) {
  const words = pageTexts(useTexts()).thread;
  const isLong = children.length > mostShown + 1;
  const others = isLong ? children.slice(mostShown) : [];
  return (
    <>
      <List className={className}>{isLong ? children.slice(0, mostShown) : children}</List>
      {isLong ? (
        <details>
          <summary className="cursor-pointer text-xs text-ink-soft underline underline-offset-2">
            {words.more(others.length)}
          </summary>
          <List className={`mt-1 ${className ?? ""}`}>{others}</List>
        </details>
      ) : null}
    </>
  );
}

/** Under the name that each came with; what has none stands for itself. */
export function NamedValueList({ facts }: { facts: NamedValues[] }) {
  return (
    <LongList as="dl" className="grid gap-y-2">
      {facts.map(({ name, values }, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes.
        <div key={n}>
          <dt dir="auto" className="text-xs text-ink-soft first-letter:uppercase">
            {name}
          </dt>
          <dd className="min-w-0">
            <Values values={values} />
          </dd>
        </div>
      ))}
    </LongList>
  );
}

function Values({ values }: { values: NamedValues["values"] }) {
  const words = pageTexts(useTexts()).thread;
  const said = values.map((value) => {
    if (typeof value === "boolean") return value ? words.yes : words.no;
    return <LinkedText key="" text={value} />;
  });
  if (said.length === 1) {
    return (
      <div dir="auto" className="whitespace-pre-wrap">
        {said}
      </div>
    );
  }
  return (
    <LongList className="grid list-[square] gap-0.5 pl-4.5 marker:text-line-strong">
      {said.map((value, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and two values may be alike.
        <li key={n} dir="auto" className="whitespace-pre-wrap">
          {value}
        </li>
      ))}
    </LongList>
  );
}

/** What the business gave to choose from: looked at here, pressed elsewhere. Only a web address leads somewhere. */
export function Choices({ choices }: { choices: MessageChoice[] }) {
  return (
    <LongList className="mt-1 grid gap-1">
      {choices.map(({ title, description, link }, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and two choices may be alike.
        <li key={n} dir="auto" className="rounded-sm border border-line-strong px-2.5 py-1">
          {link ? (
            <a href={link} {...outwards} className={linkLook}>
              {title}
            </a>
          ) : (
            title
          )}
          {description ? <span className="block text-xs text-ink-soft">{description}</span> : null}
        </li>
      ))}
    </LongList>
  );
}
