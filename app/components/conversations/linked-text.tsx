/** What somebody wrote, as they wrote it; web and mail addresses in it can be followed. */
import { Fragment } from "react";
import { linkLook } from "../forms/buttons.tsx";

/** For links that customers wrote: they learn nothing of us, and we vouch for none. */
export const outwards = { rel: "noreferrer noopener ugc" } as const;

export function LinkedText({ text }: { text: string }) {
  return (
    <>
      {withAddresses(text).map(({ said, href }, n) =>
        href ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places.
          <Address key={n} said={said} href={href} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places.
          <Fragment key={n}>{said}</Fragment>
        ),
      )}
    </>
  );
}

export function Address({ said, href }: { said: string; href: string }) {
  return (
    <a href={href} {...outwards} className={`wrap-anywhere ${linkLook}`}>
      {said}
    </a>
  );
}

interface Piece {
  said: string;
  /** Where it leads, if it is an address. */
  href: string | null;
}

/** Each repetition has an end, so that no text takes long. */
const addresses =
  /(?:\bhttps?:\/\/|(?<![\w.@/-])www\.(?=[\p{L}\p{N}-]{1,63}\.[\p{L}\p{N}]))[^\s<>"\u0000-\u001f]+|(?<![\w.+%@/-])[\w.+%-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}(?![\w@])/giu;

/** The text in pieces that joined are the text again. Http and https addresses count, those that begin with `www.`, and those of mail. */
export function withAddresses(text: string): Piece[] {
  const pieces: Piece[] = [];
  let told = 0;
  for (const found of text.matchAll(addresses)) {
    const [address, href] = addressOf(found[0]);
    if (!URL.canParse(href)) continue;
    pieces.push({ said: text.slice(told, found.index), href: null }, { said: address, href });
    told = found.index + address.length;
  }
  pieces.push({ said: text.slice(told), href: null });
  return pieces.filter(({ said }) => said !== "");
}

/** What was found without what belongs to the sentence, and where it leads. */
function addressOf(found: string): [said: string, href: string] {
  const isNamed = /^www\./i.test(found);
  if (!isNamed && !/^https?:/i.test(found)) return [found, `mailto:${encodeURI(found)}`];
  const address = withoutEnd(found);
  return [address, isNamed ? `https://${address}` : address];
}

const endOfSentence = new Set(".,;:!?'’”»*_~`…)]}");

/** A full stop or a bracket after an address belongs to the sentence, unless the bracket was opened within. */
function withoutEnd(address: string): string {
  let end = address.length;
  // Not an expression: one that looks for an end can take very long over what a customer makes up.
  while (end > 0 && endOfSentence.has(address.charAt(end - 1))) end -= 1;
  const body = address.slice(0, end);
  const closes = address.charAt(end) === ")" && body.split("(").length > body.split(")").length;
  return closes ? `${body})` : body;
}
