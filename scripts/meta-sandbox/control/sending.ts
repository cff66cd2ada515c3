import type { z } from "zod";
import { accountUpdate } from "../webhooks/account-events.ts";
import { type Change, mergeByNumber } from "../webhooks/envelope.ts";
import { KINDS } from "../webhooks/kinds.ts";
import { dashboardSample, messageStatus, type NumberIdentity, type Sender } from "../webhooks/payloads.ts";
import { dispatch, postSigned, type SendResult, summarise } from "../webhooks/routing.ts";
import { escapeLikeMeta } from "../webhooks/signing.ts";
import { newMessageId } from "../world/identifiers.ts";
import type { Platform } from "../world/platform.ts";
import type {
  accountUpdateSchema,
  batchSchema,
  messageSchema,
  rawSchema,
  resendSchema,
  senderSchema,
  statusSchema,
} from "./inputs.ts";

export const DEFAULT_SENDER = { phone: "5215544332211", name: "Sofía Ñandú" };

/** A number no business in the sandbox has. */
export const UNKNOWN_NUMBER_ID = "399000000000000099";

export type MessageRequest = z.input<typeof messageSchema>;
export type StatusRequest = z.input<typeof statusSchema>;
export type BatchRequest = z.input<typeof batchSchema>;
export type RawRequest = z.input<typeof rawSchema>;
export type AccountUpdateRequest = z.input<typeof accountUpdateSchema>;
type SenderRequest = z.input<typeof senderSchema>;

/** Sends one of the kinds, a text unless another is named; answers after the first attempt. */
export function sendInbound(platform: Platform, input: MessageRequest): Promise<SendResult> {
  const { force, signature, ...message } = input;
  const changes = changesOf(platform, message);
  return dispatch(platform, changes, { kind: `message ${input.kind ?? "text"}`, force, signature });
}

/** Sends one status for a message of the app. */
export function sendStatus(platform: Platform, input: StatusRequest): Promise<SendResult> {
  const { force, signature, ...status } = input;
  return dispatch(platform, [statusChange(platform, status)], {
    kind: `status ${input.status}`,
    force,
    signature,
  });
}

/** Sends many messages and statuses in one body, grouped into entries and changes as Meta does. */
export function sendBatch(platform: Platform, input: BatchRequest): Promise<SendResult> {
  const changes = input.items.flatMap((item) =>
    "message" in item ? changesOf(platform, item.message) : [statusChange(platform, item.status)],
  );
  const { force, signature } = input;
  return dispatch(platform, mergeByNumber(changes), {
    kind: `batch of ${input.items.length}`,
    force,
    signature,
  });
}

export function sendAccountUpdate(platform: Platform, input: AccountUpdateRequest): Promise<SendResult> {
  const waba = platform.state.world.wabas[input.wabaId];
  if (!waba) throw new Error(`unknown WABA ${input.wabaId}`);
  const change = accountUpdate(waba, input.event, platform.app.appId, secondsNow(platform));
  const { force, signature } = input;
  return dispatch(platform, [change], { kind: `account_update ${input.event}`, force, signature });
}

/** The dashboard's Test button. */
export function sendDashboardSample(platform: Platform): Promise<SendResult> {
  return dispatch(platform, [dashboardSample()], { kind: "dashboard test", force: true });
}

/** Delivers any JSON value (escaped as Meta does) or any text (bytes as given), signed, to the app's callback. */
export async function sendRaw(platform: Platform, input: RawRequest): Promise<SendResult> {
  const url = input.url ?? platform.app.webhook?.callbackUrl;
  const nowhere = { wabaId: null, phoneNumberId: null, reason: "no_callback" } as const;
  if (!url) return { status: null, deliveries: [], held: [nowhere], messageIds: [] };
  const bytes = input.text === undefined ? escapeLikeMeta(input.json) : Buffer.from(input.text, "utf8");
  const delivery = await postSigned(platform, url, bytes, "raw", input.signature ?? "valid");
  return { ...summarise([delivery]), held: [], messageIds: [] };
}

/** Sends an earlier delivery (default: the last) again with the same bytes; several copies go out at the same time. */
export async function resend(platform: Platform, input: z.input<typeof resendSchema>): Promise<SendResult> {
  const last = platform.deliveries.list()[0]?.id;
  const id = input.id ?? last;
  const copies = Array.from({ length: input.copies ?? 1 }, () => platform.deliveries.resend(id));
  const deliveries = (await Promise.all(copies)).filter((delivery) => delivery !== null);
  if (deliveries.length === 0) throw new Error("nothing was delivered yet");
  return { ...summarise(deliveries), held: [], messageIds: [] };
}

function changesOf(platform: Platform, message: Omit<MessageRequest, "force" | "signature">): Change[] {
  const { kind = "text", phoneNumberId, wabaId, displayPhoneNumber, ...input } = message;
  return KINDS[kind].changes({
    ...input,
    number: numberIdentity(platform, phoneNumberId, wabaId, displayPhoneNumber),
    sender: senderOf(input.sender),
    timestamp: input.timestamp ?? secondsNow(platform),
  });
}

function statusChange(platform: Platform, input: Omit<StatusRequest, "force" | "signature">): Change {
  const last = lastOutbound(platform, input.phoneNumberId, input.messageId);
  const phoneNumberId = input.phoneNumberId ?? last?.phoneNumberId;
  if (phoneNumberId === undefined)
    throw new Error("phoneNumberId is needed: the app has not sent anything yet");
  const recipient = senderOf(last ? { phone: last.recipient, ...input.recipient } : input.recipient);
  const number = numberIdentity(platform, phoneNumberId);
  return messageStatus(number, recipient, {
    status: input.status,
    messageId: input.messageId ?? last?.id ?? newMessageId(recipient.phone, "outbound"),
    timestamp: input.timestamp ?? secondsNow(platform),
  });
}

function lastOutbound(platform: Platform, phoneNumberId?: string, messageId?: string) {
  return platform.state.outbound.findLast(
    (sent) =>
      (phoneNumberId === undefined || sent.phoneNumberId === phoneNumberId) &&
      (messageId === undefined || sent.id === messageId),
  );
}

/** A number that does not exist gets an identity too, so that strangers' webhooks can be sent. */
function numberIdentity(
  platform: Platform,
  phoneNumberId: string,
  wabaId?: string,
  displayPhoneNumber?: string,
): NumberIdentity {
  const { numbers, wabas } = platform.state.world;
  const number = numbers[phoneNumberId];
  const owner = wabaId ?? number?.wabaId ?? "299000000000000099";
  return {
    phoneNumberId,
    wabaId: owner,
    businessId: wabas[owner]?.businessId ?? "599000000000000099",
    displayPhoneNumber: displayPhoneNumber ?? number?.displayPhoneNumber ?? "+1 555-010-9999",
  };
}

function senderOf(input: SenderRequest | undefined): Sender {
  return { ...input, phone: input?.phone ?? DEFAULT_SENDER.phone, name: input?.name ?? DEFAULT_SENDER.name };
}

function secondsNow(platform: Platform): number {
  return Math.floor(platform.clock.now() / 1000);
}
