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
  /\bhttps?:\/\/[^\s<>"\u0000-\u001f]+|(?<![\w.+%@/-])[\w.+%-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}(?![\w@])/giu;

/** The text in pieces that joined are the text again. Whole http and https addresses count, and those of mail. */
export function withAddresses(text: string): Piece[] {
  const pieces: Piece[] = [];
  let told = 0;
  for (const found of text.matchAll(addresses)) {
    const isMail = !/^https?:/i.test(found[0]);
    const address = isMail ? found[0] : withoutEnd(found[0]);
    if (!isMail && !URL.canParse(address)) continue;
    pieces.push(
      { said: text.slice(told, found.index), href: null },
      { said: address, href: isMail ? `mailto:${encodeURI(address)}` : address },
    );
    told = found.index + address.length;
  }
  pieces.push({ said: text.slice(told), href: null });
  return pieces.filter(({ said }) => said !== "");
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
