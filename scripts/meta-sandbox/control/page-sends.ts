import { choice, plainOptions, select, textField } from "../form-fields.ts";
import { type Html, html } from "../html.ts";
import { ACCOUNT_EVENTS } from "../webhooks/account-events.ts";
import { MESSAGE_KINDS } from "../webhooks/message-contents.ts";
import { STATUS_KINDS } from "../webhooks/payloads.ts";
import { SIGNATURE_MODES } from "../webhooks/signing.ts";
import type { Snapshot } from "../world/snapshot.ts";
import { card, forceBox, numberOptions, wabaOptions } from "./page-parts.ts";
import { DEFAULT_SENDER } from "./sending.ts";

/** The forms that make the sandbox call the app's webhook. */
export function sendForms(world: Snapshot): Html {
  return html`${messageForm(world)}${statusForm(world)}${batchForm(world)}${accountEventForm(world)}${otherSends()}`;
}

function messageForm(world: Snapshot): Html {
  const id = (name: string) => `message-${name}`;
  const fields = [
    select({
      id: id("number"),
      name: "phoneNumberId",
      label: "To number",
      options: numberOptions(world),
    }),
    textField({ id: id("name"), name: "senderName", label: "Sender name", value: DEFAULT_SENDER.name }),
    textField({
      id: id("phone"),
      name: "senderPhone",
      label: "Sender phone (digits)",
      value: DEFAULT_SENDER.phone,
    }),
    select({ id: id("kind"), name: "kind", label: "Type", options: plainOptions(MESSAGE_KINDS) }),
    textField({ id: id("text"), name: "text", label: "Text" }),
    select({
      id: id("signature"),
      name: "signature",
      label: "Signature",
      options: plainOptions(SIGNATURE_MODES),
    }),
    forceBox("message"),
  ];
  return card("message", "Inbound message", "Send message", html`${fields}`);
}

function statusForm(world: Snapshot): Html {
  const fields = [
    select({ id: "status-status", name: "status", label: "Status", options: plainOptions(STATUS_KINDS) }),
    select({
      id: "status-number",
      name: "phoneNumberId",
      label: "From number",
      options: [["", "of the last sent message"], ...numberOptions(world)],
    }),
    textField({ id: "status-message", name: "messageId", label: "Message id (empty: the last sent)" }),
    forceBox("status"),
  ];
  return card("status", "Message status", "Send status", html`${fields}`);
}

function batchForm(world: Snapshot): Html {
  const boxes = numberOptions(world).map(([value, label]) =>
    choice({ type: "checkbox", id: `batch-${value}`, name: "phoneNumberId", value, label }),
  );
  return card(
    "batch",
    "One body for several numbers",
    "Send batch",
    html`<fieldset><legend>Numbers</legend>${boxes}</fieldset>
      ${textField({ id: "batch-text", name: "text", label: "Text" })}${forceBox("batch")}`,
  );
}

function accountEventForm(world: Snapshot): Html {
  const fields = [
    select({
      id: "event-waba",
      name: "wabaId",
      label: "WhatsApp account",
      options: wabaOptions(world),
    }),
    select({ id: "event-event", name: "event", label: "Event", options: plainOptions(ACCOUNT_EVENTS) }),
    forceBox("account-event"),
  ];
  return card("account-event", "Account event", "Send account event", html`${fields}`);
}

function otherSends(): Html {
  const sends = [
    ["resend", "Resend last delivery"],
    ["unknown-number", "Send for unknown number"],
    ["dashboard-test", "Send dashboard test"],
    ["handshake", "Challenge callback"],
  ] as const;
  return html`<div class="card"><h3>Other</h3>${sends.map(
    ([name, label]) => html`<form method="post" action="/sandbox/forms/${name}"><div class="actions">
      <button type="submit" class="quiet">${label}</button></div></form>`,
  )}</div>`;
}
