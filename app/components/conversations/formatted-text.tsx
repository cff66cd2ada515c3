/** What somebody wrote, with the signs for bold, lists and the like drawn as what they stand for. */
import { Fragment, type ReactNode } from "react";
import { Address } from "./linked-text.tsx";
import { type Block, blocksOf, type Span } from "./message-markup.ts";

export function FormattedText({ text }: { text: string }) {
  return (
    <>
      {blocksOf(text).map((block, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places.
        <BlockView key={n} block={block} />
      ))}
    </>
  );
}

function BlockView({ block: { kind, lines } }: { block: Block }) {
  if (kind === "text") {
    return (
      <div dir="auto" className="whitespace-pre-wrap">
        {lines.map(({ spans }, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places.
          <Fragment key={n}>
            {n > 0 ? "\n" : null}
            <Spans spans={spans} />
          </Fragment>
        ))}
      </div>
    );
  }
  if (kind === "quote") {
    return (
      <blockquote className="my-0.5 border-l-3 border-line-strong pl-2 text-ink-soft">
        {lines.map(({ spans }, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places.
          <div key={n} dir="auto" className="min-h-lh whitespace-pre-wrap">
            <Spans spans={spans} />
          </div>
        ))}
      </blockquote>
    );
  }
  const items = lines.map(({ spans, number }, n) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places.
    <li key={n} value={number} dir="auto" className="whitespace-pre-wrap">
      <Spans spans={spans} />
    </li>
  ));
  return kind === "numbers" ? (
    <ol className="list-decimal pl-6">{items}</ol>
  ) : (
    <ul className="list-disc pl-6">{items}</ul>
  );
}

function Spans({ spans }: { spans: Span[] }): ReactNode {
  return spans.map((span, n) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places.
    <SpanView key={n} span={span} />
  ));
}

function SpanView({ span }: { span: Span }): ReactNode {
  switch (span.look) {
    case "plain":
      return span.text;
    case "address":
      return <Address said={span.text} href={span.href} />;
    case "code":
      return <code className="rounded-sm bg-sunken px-1 font-mono whitespace-pre-wrap">{span.text}</code>;
    case "bold":
      return (
        <strong>
          <Spans spans={span.spans} />
        </strong>
      );
    case "italic":
      return (
        <em>
          <Spans spans={span.spans} />
        </em>
      );
    case "struck":
      return (
        <s>
          <Spans spans={span.spans} />
        </s>
      );
  }
}
