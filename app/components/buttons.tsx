/** Buttons, and links that look like them: one primary to a page. */
import { Link } from "@remix-run/react";
import type { ReactNode } from "react";

const shape =
  "inline-flex min-h-11 items-center justify-center rounded-sm border px-4 py-2 text-center font-semibold no-underline " +
  "cursor-pointer aria-disabled:cursor-progress aria-disabled:opacity-70 sm:min-h-10";

export const buttonLook = {
  primary: `${shape} border-ink bg-ink text-on-ink hover:bg-ink-hover`,
  quiet: `${shape} border-line-strong bg-panel text-ink hover:bg-sunken`,
  bare: "cursor-pointer rounded-sm py-1.5 font-medium underline decoration-line-strong underline-offset-2 hover:decoration-ink",
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
