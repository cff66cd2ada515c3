/** What the browser's tab says: the page's own words, in the language of the document, then the product's name. */
import { useMatches, useRouteError } from "@remix-run/react";
import type { Texts } from "../../texts/catalogue.ts";
import { errorWords } from "./error-page.tsx";
import { useTexts } from "./page-context.tsx";

type Titled = { title: (texts: Texts, loaded: never) => string };

/** For a route's `handle`. `loaded` is what its loader gave. */
export function titled<Loaded>(title: (texts: Texts, loaded: Loaded) => string): Titled {
  return { title };
}

export function usePageTitle(): string {
  const texts = useTexts();
  const error = useRouteError();
  const last = useMatches().at(-1);
  const own = error ? errorWords(texts, error).title : ownTitle(texts, last);
  return own ? `${own} · ${texts.product}` : texts.product;
}

function ownTitle(texts: Texts, match: ReturnType<typeof useMatches>[number] | undefined): string | null {
  const handle = match?.handle as Partial<Titled> | undefined;
  if (!match || !handle?.title) return null;
  return handle.title(texts, match.data as never);
}
