/** What somebody wrote, as they wrote it; web addresses in it can be followed. */
import { Fragment } from "react";
import { linkLook } from "../forms/buttons.tsx";

/** For links that customers wrote: they learn nothing of us, and we vouch for none. */
export const outwards = { rel: "noreferrer noopener ugc" } as const;

export function LinkedText({ text }: { text: string }) {
  return (
    <>
      {withAddresses(text).map(({ said, isAddress }, n) =>
        isAddress ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places.
          <a key={n} href={said} {...outwards} className={`break-all ${linkLook}`}>
            {said}
          </a>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places.
          <Fragment key={n}>{said}</Fragment>
        ),
      )}
    </>
  );
}

interface Piece {
  said: string;
  isAddress: boolean;
}

/** The text in pieces that joined are the text again. Only whole http and https addresses count as such. */
export function withAddresses(text: string): Piece[] {
  const pieces: Piece[] = [];
  let told = 0;
  for (const found of text.matchAll(/\bhttps?:\/\/[^\s<>"\u0000-\u001f]+/giu)) {
    const address = withoutEnd(found[0]);
    if (!URL.canParse(address)) continue;
    pieces.push(
      { said: text.slice(told, found.index), isAddress: false },
      { said: address, isAddress: true },
    );
    told = found.index + address.length;
  }
  pieces.push({ said: text.slice(told), isAddress: false });
  return pieces.filter(({ said }) => said !== "");
}

const endOfSentence = new Set(".,;:!?'’”»*_~…)]}");

/** A full stop or a bracket after an address belongs to the sentence, unless the bracket was opened within. */
function withoutEnd(address: string): string {
  let end = address.length;
  // Not an expression: one that looks for an end can take very long over what a customer makes up.
  while (end > 0 && endOfSentence.has(address.charAt(end - 1))) end -= 1;
  const body = address.slice(0, end);
  const closes = address.charAt(end) === ")" && body.split("(").length > body.split(")").length;
  return closes ? `${body})` : body;
}
