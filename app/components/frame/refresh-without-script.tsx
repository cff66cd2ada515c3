/** For pages that wait for something: where no script tells them of it, they load themselves anew. */
import { useLocation, useMatches, useRouteError } from "@remix-run/react";

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
