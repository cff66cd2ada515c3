/** Buttons, and links that look like them: one primary to a page. */
import { Link } from "@remix-run/react";
import type { ReactNode } from "react";

const shape =
  "inline-flex min-h-11 items-center justify-center rounded-sm border px-4 py-2 text-center font-semibold no-underline " +
  "cursor-pointer aria-disabled:cursor-progress aria-disabled:opacity-70 sm:min-h-10";

export const buttonLook = {
  primary: `${shape} border-ink bg-ink text-on-ink hover:bg-ink-hover`,
  quiet: `${shape} border-line-strong bg-panel text-ink hover:bg-sunken`,
  bare: "cursor-pointer rounded-sm py-1.5 text-start font-medium underline decoration-line-strong underline-offset-2 hover:decoration-ink",
  grave: `${shape} border-bad bg-bad text-panel hover:opacity-90`,
};

/** Same words, same place: a link where something is opened and nothing is changed. */
export function ButtonLink(props: { to: string; children: ReactNode; look?: keyof typeof buttonLook }) {
  return (
    <Link to={props.to} className={buttonLook[props.look ?? "quiet"]}>
      {props.children}
    </Link>
  );
}

export const linkLook = "underline decoration-line-strong underline-offset-2 hover:decoration-ink";

interface ChangingLabelProps {
  changed: boolean;
  from: ReactNode;
  to: ReactNode;
}

/** Two labels in one place that has room for either: nothing around it moves when one takes the place of the other. */
export function ChangingLabel({ changed, from, to }: ChangingLabelProps) {
  return (
    <span className="inline-grid [text-decoration:inherit] *:col-start-1 *:row-start-1 *:[text-decoration:inherit]">
      <span className={changed ? "invisible" : ""}>{from}</span>
      <span className={changed ? "" : "invisible"}>{to}</span>
    </span>
  );
}
