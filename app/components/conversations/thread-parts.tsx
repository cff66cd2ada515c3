/** What stands in a message besides words: where it came from, a file, a place, cards, an order, a form. */
import type { ReactNode } from "react";
import type { ContactCard, MessageKind, MessageParts, Price } from "../../integrations/message.ts";
import { type Language, locales } from "../../texts/languages.ts";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { PhoneNumber } from "../frame/page.tsx";
import { usePageFacts, useTexts } from "../frame/page-context.tsx";
import { LinkedText, outwards } from "./linked-text.tsx";
import { LongList, NamedValueList } from "./thread-lists.tsx";

/** Above the words: forwarded, from an advertisement, about a product. */
export function Origin({ parts: { summary, forwarded, ad, product } }: { parts: MessageParts }) {
  const words = pageTexts(useTexts()).thread;
  return (
    <>
      {summary ? (
        <Small>
          {words.summary} <bdi>{summary}</bdi>
        </Small>
      ) : null}
      {forwarded ? <Small>{words.forwarded[forwarded]}</Small> : null}
      {ad ? <Ad ad={ad} /> : null}
      {product ? <Small>{words.product(product)}</Small> : null}
    </>
  );
}

function Ad({ ad: { headline, text, greeting, link } }: { ad: NonNullable<MessageParts["ad"]> }) {
  const words = pageTexts(useTexts()).thread;
  return (
    <div className="mb-1 border-l-3 border-line-strong pl-2 text-xs text-ink-soft">
      <p>
        {words.fromAd}
        {headline || link ? ": " : null}
        {link ? (
          <a href={link} {...outwards} dir="auto" className={`break-words ${linkLook}`}>
            {headline ?? link}
          </a>
        ) : (
          <bdi>{headline}</bdi>
        )}
      </p>
      {text ? (
        <p dir="auto" className="whitespace-pre-wrap">
          {text}
        </p>
      ) : null}
      {greeting ? (
        <p>
          {words.adGreeting}: <bdi className="whitespace-pre-wrap">{greeting}</bdi>
        </p>
      ) : null}
    </div>
  );
}

function Small({ children }: { children: ReactNode }) {
  return <p className="text-xs text-ink-soft">{children}</p>;
}

export function Parts({ parts, kind }: { parts: MessageParts; kind: MessageKind }) {
  const { file, place, cards, order, answers } = parts;
  const sign = mediaSigns[kind];
  return (
    <>
      {sign ? <File file={file} sign={sign} /> : null}
      {place ? <Place place={place} /> : null}
      {cards ? <Cards cards={cards} /> : null}
      {order ? <Order order={order} /> : null}
      {answers ? <NamedValueList facts={answers} /> : null}
    </>
  );
}

/** What has no better drawing, and how much is not here at all. */
export function Remainder({ parts: { rest, left } }: { parts: MessageParts }) {
  const words = pageTexts(useTexts()).thread;
  return (
    <>
      {rest ? <NamedValueList facts={rest} /> : null}
      {left ? <Small>{words.leftOut(left)}</Small> : null}
    </>
  );
}

const mediaSigns: Partial<Record<MessageKind, string>> = {
  image: "M2.5 3.5h15v13h-15zM5 14l4-4.5 3 3 2-2 3 3.5M13 7.5h.01",
  video: "M2.5 4.5h10v11h-10zM12.5 9l5-3v8l-5-3",
  audio: "M7 15.5V5l9-1.5V14M7 15.5a2 2 0 1 1-4 0a2 2 0 1 1 4 0zM16 14a2 2 0 1 1-4 0a2 2 0 1 1 4 0z",
  voice:
    "M10 2.5a2.5 2.5 0 0 1 2.5 2.5v4a2.5 2.5 0 0 1-5 0V5A2.5 2.5 0 0 1 10 2.5zM4.5 9a5.5 5.5 0 0 0 11 0M10 14.5v3",
  document: "M5 2.5h6.5l3.5 3.5v11.5H5zM11.5 2.5V6H15M7.5 10h5M7.5 13h5",
  sticker: "M3 3h14v8l-6 6H3zM11 17v-6h6",
};

/** The file itself is not here: its sign, and what is known of it. */
function File({ file, sign }: { file: MessageParts["file"]; sign: string }) {
  const { language } = usePageFacts();
  const facts = [
    file?.name?.includes(".") ? null : file?.format,
    file?.bytes ? sizeOf(file.bytes, language) : null,
  ];
  return (
    <p className="flex items-center gap-2.5">
      <svg viewBox="0 0 20 20" aria-hidden="true" focusable="false" className="size-6 shrink-0 text-ink-soft">
        <path d={sign} fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinejoin="round" />
      </svg>
      <span className="min-w-0">
        {file?.name ? <bdi className="block font-medium">{file.name}</bdi> : null}
        {/* The server and the browser may know different editions of the world's customs. */}
        <span className="text-xs text-ink-soft" suppressHydrationWarning>
          {facts.filter(Boolean).join(" · ")}
        </span>
      </span>
    </p>
  );
}

function sizeOf(bytes: number, language: Language): string {
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return amount.toLocaleString(locales[language], { style: "unit", unit, maximumFractionDigits: 1 });
}

function Place({ place }: { place: NonNullable<MessageParts["place"]> }) {
  const words = pageTexts(useTexts()).thread;
  const { name, address, link, latitude, longitude } = place;
  const map = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
  return (
    <div dir="auto">
      {name ? <p className="font-medium">{name}</p> : null}
      {address ? <p>{address}</p> : null}
      <p className="text-xs">
        <span className="font-mono">
          {latitude.toFixed(5)}, {longitude.toFixed(5)}
        </span>
        {" · "}
        <a href={map} {...outwards} className={linkLook}>
          {words.openMap}
        </a>
      </p>
      {link ? (
        <p>
          <LinkedText text={link} />
        </p>
      ) : null}
    </div>
  );
}

function Cards({ cards }: { cards: ContactCard[] }) {
  return (
    <LongList className="grid gap-2">
      {cards.map((card, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and two cards may be alike.
        <Card key={n} card={card} />
      ))}
    </LongList>
  );
}

/** Whoever has no name is called by what the card has first. */
function Card({ card }: { card: ContactCard }) {
  const words = useTexts().conversations;
  const { thread } = pageTexts(useTexts());
  const { name, organisation, job, birthday, numbers, emails, addresses, links } = card;
  const title = name ?? organisation;
  const work = [job, title === organisation ? null : organisation].filter((text) => text !== null);
  const isNameless = !title && numbers.length + emails.length + addresses.length + links.length === 0;
  return (
    <li className="grid">
      {title || isNameless ? <bdi className="font-medium">{title ?? words.unknownContact}</bdi> : null}
      {work.length > 0 ? <bdi className="text-xs text-ink-soft">{work.join(" · ")}</bdi> : null}
      {numbers.map((number) => (
        <PhoneNumber key={number} number={number} />
      ))}
      {[...emails, ...links].map((address) => (
        // One below the other, they must not be too near for a finger.
        <bdi key={address} className="py-0.5">
          <LinkedText text={address} />
        </bdi>
      ))}
      {addresses.map((address) => (
        <bdi key={address} className="whitespace-pre-wrap">
          {address}
        </bdi>
      ))}
      {birthday ? (
        <span>
          <span className="text-xs text-ink-soft">{thread.birthday}: </span>
          <bdi>{birthday}</bdi>
        </span>
      ) : null}
    </li>
  );
}

function Order({ order: { lines, total } }: { order: NonNullable<MessageParts["order"]> }) {
  const words = pageTexts(useTexts()).thread;
  const { language } = usePageFacts();
  return (
    <div className="grid gap-1">
      <LongList className="grid gap-0.5">
        {lines.map(({ product, quantity, price }, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and two lines may be alike.
          <li key={n} className="flex justify-between gap-4">
            <span className="min-w-0">
              {quantity === null ? null : `${quantity.toLocaleString(locales[language])} × `}
              <bdi>{product}</bdi>
            </span>
            {price ? <Money price={lineOf(price, quantity)} /> : null}
          </li>
        ))}
      </LongList>
      {total ? (
        <p className="flex justify-between gap-4 border-t border-line pt-1 font-semibold">
          <span>{words.total}</span>
          <Money price={total} />
        </p>
      ) : null}
    </div>
  );
}

function Money({ price: { amount, currency } }: { price: Price }) {
  const { language } = usePageFacts();
  return (
    // The server and the browser may have different signs for a currency.
    <span className="tabular whitespace-nowrap" suppressHydrationWarning>
      {amount.toLocaleString(locales[language], { style: "currency", currency })}
    </span>
  );
}

/** Meta tells the price of one. */
function lineOf({ amount, currency }: Price, quantity: number | null): Price {
  return { amount: amount * (quantity ?? 1), currency };
}
