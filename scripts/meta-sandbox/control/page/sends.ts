import { type Option, type OptionGroup, plainOptions } from "../../form-fields.ts";
import { type Html, html } from "../../html.ts";
import { ACCOUNT_EVENTS } from "../../webhooks/account-events.ts";
import type { Kind } from "../../webhooks/kinds/kind.ts";
import { KIND_GROUPS } from "../../webhooks/kinds.ts";
import { STATUS_KINDS } from "../../webhooks/payloads.ts";
import type { HeldReason, SendResult } from "../../webhooks/routing.ts";
import { SIGNATURE_MODES } from "../../webhooks/signing.ts";
import type { Snapshot } from "../../world/snapshot.ts";
import { accountUpdateSchema, batchSchema, messageSchema, statusSchema } from "../inputs.ts";
import { DEFAULT_SENDER, UNKNOWN_NUMBER_ID } from "../sending.ts";
import {
  cards,
  type FormAction,
  type Forms,
  numberOptions,
  pick,
  text,
  tick,
  tickAny,
  wabaOptions,
} from "./parts.ts";

const force = tick("force", "Send even if not subscribed");

/** The forms that make the sandbox call the app's webhook. */
const SENDS: Forms = {
  message: {
    heading: "Message, call or notice",
    button: "Send message",
    fields: (world) => [
      pick("phoneNumberId", "To number", numberOptions(world)),
      text("senderName", "Sender name", DEFAULT_SENDER.name),
      text("senderPhone", "Sender phone (digits)", DEFAULT_SENDER.phone),
      pick("kind", "Type", kindOptions()),
      text("text", "Text"),
      text("messageId", "About message (id; empty: one nobody knows)"),
      pick("signature", "Signature", plainOptions(SIGNATURE_MODES)),
      force,
    ],
    run: async (control, { senderName, senderPhone, force, ...message }) => {
      const sender = { name: senderName, phone: senderPhone };
      const input = messageSchema.parse({ ...message, sender, force: force === "on" });
      const result = await control.sendMessage(input);
      return [describe(result), ...result.messageIds].join(" · ");
    },
  },
  status: {
    heading: "Message status",
    button: "Send status",
    fields: (world) => [
      pick("status", "Status", plainOptions(STATUS_KINDS)),
      pick("phoneNumberId", "From number", [["", "of the last sent message"], ...numberOptions(world)]),
      text("messageId", "Message id (empty: the last sent)"),
      force,
    ],
    run: async (control, { force, ...status }) =>
      describe(await control.sendStatus(statusSchema.parse({ ...status, force: force === "on" }))),
  },
  batch: {
    heading: "One body for several numbers",
    button: "Send batch",
    fields: (world) => [
      tickAny("phoneNumberId", "Numbers", numberOptions(world)),
      text("text", "Text"),
      force,
    ],
    run: async (control, { text, force }, all) => {
      const items = all
        .getAll("phoneNumberId")
        .map((phoneNumberId) => ({ message: { phoneNumberId, text } }));
      if (items.length === 0) return "Choose at least one number.";
      return describe(await control.sendBatch(batchSchema.parse({ items, force: force === "on" })));
    },
  },
  "account-event": {
    heading: "Account event",
    button: "Send account event",
    fields: (world) => [
      pick("wabaId", "WhatsApp account", wabaOptions(world)),
      pick("event", "Event", plainOptions(ACCOUNT_EVENTS)),
      force,
    ],
    run: async (control, { force, ...event }) =>
      describe(
        await control.sendAccountUpdate(accountUpdateSchema.parse({ ...event, force: force === "on" })),
      ),
  },
};

/** Sends that ask for nothing: a button each. */
const OTHER_SENDS: Record<string, { button: string; run: FormAction }> = {
  resend: { button: "Resend last delivery", run: async (control) => describe(await control.resend()) },
  "unknown-number": {
    button: "Send for unknown number",
    run: async (control) =>
      describe(await control.sendMessage({ phoneNumberId: UNKNOWN_NUMBER_ID, force: true })),
  },
  "dashboard-test": {
    button: "Send dashboard test",
    run: async (control) => describe(await control.sendDashboardSample()),
  },
  handshake: {
    button: "Challenge callback",
    run: async (control) => {
      const handshake = await control.challengeCallback();
      if (!handshake) return "No callback is set.";
      return `Challenge ${handshake.ok ? "accepted" : "refused"}: ${handshake.detail}`;
    },
  },
};

export const SEND_ACTIONS = { ...SENDS, ...OTHER_SENDS };

export function sendForms(world: Snapshot): Html {
  const buttons = Object.entries(OTHER_SENDS).map(
    ([name, { button }]) => html`<form method="post" action="/sandbox/forms/${name}"><div class="actions">
      <button type="submit" class="quiet">${button}</button></div></form>`,
  );
  return html`${cards(SENDS, world)}<div class="card"><h3>Other</h3>${buttons}</div>`;
}

const HELD: Record<HeldReason, string> = {
  no_callback: "no callback set: nothing sent",
  field_not_subscribed: "field not subscribed: nothing sent",
  not_subscribed: "not subscribed: nothing sent",
  not_registered: "number not registered: nothing sent",
};

function kindOptions(): OptionGroup[] {
  return Object.entries(KIND_GROUPS).map(([label, kinds]) => ({
    label,
    options: Object.entries<Kind>(kinds).map(([name, kind]): Option => [name, kind.label]),
  }));
}

/** What became of a send, in a sentence. */
function describe({ deliveries, held }: SendResult): string {
  const sent = deliveries.map(({ attempts, state }) => {
    const first = attempts[0];
    const answer = first?.status == null ? `no answer (${first?.error ?? "?"})` : `HTTP ${first.status}`;
    if (state === "delivered") return `Delivered: ${answer}`;
    return `Not accepted: ${answer}${state === "retrying" || state === "sending" ? ", will be repeated" : ""}`;
  });
  return [...sent, ...held.map(({ reason }) => HELD[reason])].join(" · ");
}
