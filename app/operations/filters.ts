/** What the lists of the operator's pages can be narrowed to, as it stands in an address. The browser may import this. */

import type { DeliveryOutcome, QuarantineReason } from "../../db/schema.ts";
import { type ChannelId, channelAt } from "../integrations/catalog.ts";

export const deliveryStates = ["open", "processed", "quarantined", "ignored", "failed"] as const satisfies (
  | DeliveryOutcome
  | "open"
)[];
export type DeliveryState = (typeof deliveryStates)[number];

export const quarantineReasons = [
  "unknown_number",
  "unreadable",
  "conflict",
  "failed",
] as const satisfies QuarantineReason[];

export interface DeliveryNarrowing {
  outcome?: DeliveryState | undefined;
  provider?: ChannelId | undefined;
}

export interface QuarantineNarrowing {
  reason?: QuarantineReason | undefined;
  phoneNumberId?: string | undefined;
}

type Named = { get(name: string): string | null };

/** What is no outcome and no channel's name narrows nothing. */
export function readDeliveryNarrowing(query: Named): DeliveryNarrowing {
  const outcome = query.get("outcome");
  return {
    outcome: deliveryStates.find((one) => one === outcome),
    provider: channelAt(query.get("provider")),
  };
}

/** Of an address or a form. Ids are Meta's text and come from deliveries, so not only digits are taken. */
export function readQuarantineNarrowing(query: Named): QuarantineNarrowing {
  const [reason, number] = [query.get("reason"), query.get("number")];
  const phoneNumberId = number?.trim() ?? "";
  return {
    reason: quarantineReasons.find((one) => one === reason),
    phoneNumberId: phoneNumberId !== "" && phoneNumberId.length <= 200 ? phoneNumberId : undefined,
  };
}

/** The query of an address, with its question mark; empty for nothing. */
export function queryOf(fields: Record<string, string | undefined>): string {
  const given = Object.entries(fields).filter((field): field is [string, string] => !!field[1]);
  return given.length > 0 ? `?${new URLSearchParams(given)}` : "";
}
