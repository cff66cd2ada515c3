import { ownSubscription } from "../graph/subscriptions.ts";
import type { Platform } from "../world/platform.ts";
import type { DeliverySummary } from "./deliveries.ts";
import { type Change, envelope } from "./envelope.ts";
import { escapeLikeMeta, isRepeated, type SignatureMode, signBody } from "./signing.ts";

/** Meta: only these fields follow a callback override; account and template fields always go to the app's callback. */
const FIELDS_FOLLOWING_OVERRIDES = new Set([
  "messages",
  "message_echoes",
  "calls",
  "consumer_profile",
  "messaging_handovers",
  "smb_message_echoes",
  "smb_app_state_sync",
  "history",
  "account_settings_update",
  "group_lifecycle_update",
  "group_participants_update",
  "group_settings_update",
  "group_status_update",
]);

export type HeldReason = "no_callback" | "field_not_subscribed" | "not_subscribed" | "not_registered";

interface HeldChange {
  wabaId: string | null;
  phoneNumberId: string | null;
  reason: HeldReason;
}

export interface SendResult {
  /** HTTP status of the first attempt of the first delivery; null when nothing was sent or nobody answered. */
  status: number | null;
  deliveries: DeliverySummary[];
  /** What Meta would not have sent, and why. */
  held: HeldChange[];
  messageIds: string[];
}

export interface SendOptions {
  kind: string;
  /** Sends even what Meta would hold back. */
  force?: boolean | undefined;
  signature?: SignatureMode | undefined;
}

/**
 * Sends changes where Meta would: to the number's override, the WABA's, or the app's callback, one body per URL. Nothing
 * goes out for a WABA the app is not subscribed to, for a number that is not registered, or for a field the app did not
 * choose, unless forced. Resolves after the first attempts.
 */
export async function dispatch(
  platform: Platform,
  changes: readonly Change[],
  options: SendOptions,
): Promise<SendResult> {
  const held: HeldChange[] = [];
  const byUrl = new Map<string, Change[]>();
  for (const change of changes) {
    const reason = reasonToHold(platform, change, options.force ?? false);
    const url = callbackFor(platform, change);
    const { wabaId, phoneNumberId } = change;
    if (url === null) held.push({ wabaId, phoneNumberId, reason: "no_callback" });
    else if (reason) held.push({ wabaId, phoneNumberId, reason });
    else byUrl.set(url, [...(byUrl.get(url) ?? []), change]);
  }
  const deliveries = await Promise.all(
    [...byUrl].map(([url, group]) =>
      postSigned(platform, url, escapeLikeMeta(envelope(group)), options.kind, options.signature ?? "valid"),
    ),
  );
  return { ...summarise(deliveries), held, messageIds: messageIdsOf([...byUrl.values()].flat()) };
}

/** Signs the bytes and POSTs them to the URL. */
export async function postSigned(
  platform: Platform,
  url: string,
  bytes: Buffer,
  kind: string,
  mode: SignatureMode,
): Promise<DeliverySummary> {
  const signed = signBody(platform.app, bytes, mode);
  return platform.deliveries.send({
    kind,
    url,
    bytes: signed.bytes,
    headers: {
      "Content-Type": "application/json",
      "User-Agent": "facebookexternalua",
      Accept: "*/*",
      ...(signed.signature === null ? {} : { "X-Hub-Signature-256": signed.signature }),
    },
    retry: isRepeated(mode),
  });
}

export function summarise(deliveries: DeliverySummary[]): Pick<SendResult, "status" | "deliveries"> {
  return { status: deliveries[0]?.attempts[0]?.status ?? null, deliveries };
}

function reasonToHold(platform: Platform, change: Change, force: boolean): HeldReason | null {
  if (force) return null;
  if (!platform.app.webhook?.fields.includes(change.field)) return "field_not_subscribed";
  const waba = change.wabaId === null ? undefined : platform.state.world.wabas[change.wabaId];
  if (change.wabaId !== null && (!waba || !ownSubscription(platform, waba))) return "not_subscribed";
  const number =
    change.phoneNumberId === null ? undefined : platform.state.world.numbers[change.phoneNumberId];
  return number && number.platformType !== "CLOUD_API" ? "not_registered" : null;
}

function callbackFor(platform: Platform, change: Change): string | null {
  const appCallback = platform.app.webhook?.callbackUrl ?? null;
  if (!FIELDS_FOLLOWING_OVERRIDES.has(change.field)) return appCallback;
  const { numbers, wabas } = platform.state.world;
  const number = change.phoneNumberId === null ? undefined : numbers[change.phoneNumberId];
  const waba = change.wabaId === null ? undefined : wabas[change.wabaId];
  const wabaOverride = waba ? ownSubscription(platform, waba)?.override : undefined;
  return number?.override?.uri ?? wabaOverride?.uri ?? appCallback;
}

function messageIdsOf(changes: readonly Change[]): string[] {
  const holders = changes.flatMap(({ value }) => [value, value.standby as Change["value"] | undefined]);
  return holders.flatMap((holder) =>
    [holder?.messages, holder?.message_echoes, holder?.statuses].flatMap((list) =>
      Array.isArray(list) ? list.map((item: { id?: unknown }) => String(item.id)) : [],
    ),
  );
}
