/** How the operator's pages name states, reasons and counts. */
import { channels, isChannelId } from "../../integrations/catalog.ts";
import type { DeliveryState } from "../../operations/filters.ts";
import type { Count } from "../../operations/overview.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { StateChip } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { useNumbers } from "./table.tsx";

const stateLook = {
  open: "wait",
  processed: "good",
  quarantined: "warn",
  ignored: "none",
  failed: "warn",
} as const satisfies Record<DeliveryState, string>;

export function DeliveryStateChip({ state }: { state: DeliveryState }) {
  const words = pageTexts(useTexts()).operations;
  return <StateChip look={stateLook[state]}>{words.deliveryStates[state]}</StateChip>;
}

/** A count, and whether it is one: `1,204`, `100,000 or more`, `about 5,000,000`. */
export function CountWords({ count: { amount, is } }: { count: Count }) {
  const words = pageTexts(useTexts()).operations;
  const written = useNumbers()(amount);
  return (
    <span className="tabular">
      {is === "exact" ? written : is === "atLeast" ? words.atLeast(written) : words.about(written)}
    </span>
  );
}

export function channelName(provider: string): string {
  return isChannelId(provider) ? channels[provider].label : provider;
}
