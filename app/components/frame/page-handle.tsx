/** What a route's `handle` says of its page: its title, and whether it waits for something. */
import { useLocation, useMatches, useRouteError } from "@remix-run/react";
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

/** In a route's `handle`, beside its title. `loaded` is what its loader gave. */
type Waiting = { refreshWithoutScript: (loaded: never) => boolean };

/** In the head of a document whose page waits: again in five seconds, in browsers that run no scripts. */
export function RefreshWithoutScript() {
  const { search } = useLocation();
  const last = useMatches().at(-1);
  // Null where there is none.
  const failed = useRouteError() != null;
  const handle = last?.handle as Partial<Waiting> | undefined;
  if (failed || !handle?.refreshWithoutScript?.(last?.data as never)) return null;
  // An address is named, as browsers load nothing anew that ends in a fragment, and Meta's way back does.
  return (
    <noscript>
      <meta httpEquiv="refresh" content={`5;url=${search || "?"}`} />
    </noscript>
  );
}
