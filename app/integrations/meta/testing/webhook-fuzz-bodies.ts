/**
 * Bodies for fuzzing a reader of WhatsApp deliveries: valid ones in Meta's shapes, then spoiled in known ways. For tests.
 */
import fc from "fast-check";
import * as meta from "../whatsapp/webhook/testing/fixtures.ts";
import { handover } from "../whatsapp/webhook/testing/sender-fixtures.ts";
import { blow, canary, cut, type Json, spoilBytes, strike, words } from "./webhook-fuzz-spoil.ts";

/** Says how to have a failure again, and the body as text where fast-check would print numbers. */
export function tellBriefly<Given extends [Uint8Array | Uint8Array[]]>(details: fc.RunDetails<Given>): void {
  if (!details.failed) return;
  const bodies = (details.counterexample?.flat() ?? []) as Uint8Array[];
  const shown = bodies.map((body) => Buffer.from(body).toString("latin1").slice(0, 4_000));
  throw new Error(`TEST_SEED=${details.seed} after ${details.numRuns} cases: ${shown.join("\n")}`, {
    cause: details.errorInstance,
  });
}

const marked = words.map((text) => `${canary}${text}`);
/** Few, so that items of one body speak of the same messages and people. */
const wamid = fc.integer({ min: 0, max: 40 }).map((n) => `wamid.${canary}.${n}`);
const person = fc.constantFrom(meta.waId, "34600111222", "525511112222");
const userId = fc.constantFrom(meta.userId, "ES.777", "MX.1");
const timestamp = fc.integer({ min: 1_700_000_000, max: 1_760_000_000 }).map(String);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });

const templates = Object.values(meta.inboundMessages).map(({ item }) => item as { [key: string]: Json });

const message = fc
  .record({
    template: fc.constantFrom(...templates),
    id: wamid,
    from: maybe(person),
    from_user_id: maybe(userId),
    timestamp,
    text: marked,
  })
  .map(({ template, text, ...named }) => {
    const item = { ...template, ...defined(named) };
    return "text" in template ? { ...item, text: { body: text } } : { ...item, note: text };
  });

const status = fc
  .record({
    id: wamid,
    status: fc.constantFrom("sent", "delivered", "read", "played", "failed", "deleted"),
    timestamp,
    recipient_id: maybe(person),
    recipient_user_id: maybe(userId),
    recipient_type: maybe(fc.constant("group")),
    type: maybe(fc.constantFrom("message", "payment", "call")),
    biz_opaque_callback_data: maybe(marked),
    pricing: maybe(fc.constant({ billable: true, pricing_model: "PMP", category: "utility" })),
    errors: maybe(fc.constant([meta.failure])),
  })
  .map(defined);

const echo = fc
  .record({ id: wamid, to: person, to_user_id: maybe(userId), timestamp, text: marked })
  .map(({ text, ...item }) => ({
    ...defined(item),
    from: "15550783881",
    type: "text",
    text: { body: text },
  }));

const contact = fc.record({ wa_id: person, user_id: userId, name: marked, username: marked }).map((one) => ({
  wa_id: one.wa_id,
  user_id: one.user_id,
  profile: { name: one.name, username: one.username },
}));

const account = fc.constantFrom(
  { field: "account_update", value: { event: "DISABLED_UPDATE", ban_info: { waba_ban_state: "DISABLE" } } },
  { field: "account_update", value: { event: "PARTNER_REMOVED", waba_info: { waba_id: meta.wabaId } } },
  { field: "phone_number_quality_update", value: { display_phone_number: "15550783881", event: "FLAGGED" } },
  {
    field: "message_template_status_update",
    value: { event: "APPROVED", message_template_id: 12_345_678_901 },
  },
  { field: "history", value: { history: [{ metadata: { phase: 0 }, threads: [] }] } },
  { field: `${canary}_update`, value: { event: canary } },
);

const list = <T>(arbitrary: fc.Arbitrary<T>) => maybe(fc.array(arbitrary, { maxLength: 4 }));
const call = fc
  .record({
    id: wamid,
    event: fc.constantFrom("connect", "terminate"),
    from: person,
    to: fc.constant("15550783881"),
    timestamp,
    duration: maybe(fc.nat(1_000)),
    direction: maybe(fc.constantFrom("USER_INITIATED", "BUSINESS_INITIATED")),
  })
  .map(defined);

const preference = fc
  .record({
    wa_id: maybe(person),
    user_id: maybe(userId),
    category: fc.constantFrom("marketing_messages", "news"),
    value: fc.constantFrom("stop", "resume"),
    detail: marked,
    timestamp: timestamp.map(Number),
  })
  .map(defined);

/** What others say and do on a number. */
const around = fc.oneof(
  fc
    .record({ messages: list(message), message_echoes: list(echo.map(asAgentEcho)), statuses: list(status) })
    .map((value) => meta.change({ standby: defined(value) }, meta.phoneNumberId, "standby")),
  list(call).map((calls) => meta.change(defined({ calls }), meta.phoneNumberId, "calls")),
  list(preference).map((user_preferences) =>
    meta.change(defined({ user_preferences }), meta.phoneNumberId, "user_preferences"),
  ),
  marked.map((metadata) => handover("control_passed", { new_owner_role: "escalation", metadata })),
);

function asAgentEcho({ id, timestamp: at, ...message }: { [key: string]: Json }): { [key: string]: Json } {
  return { id: id ?? null, timestamp: at ?? null, message };
}

const change = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record({ contacts: list(contact), messages: list(message), statuses: list(status) })
      .map((value) => meta.change(defined(value))),
  },
  {
    weight: 2,
    arbitrary: list(echo).map((message_echoes) =>
      meta.change(defined({ message_echoes }), meta.phoneNumberId, "smb_message_echoes"),
    ),
  },
  { weight: 2, arbitrary: around },
  { weight: 1, arbitrary: account },
);
const validBody = fc
  .array(fc.array(change, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
  .map((entries) => meta.body(...entries.map((changes) => meta.entry(...changes))) as Json);

/** Signed bytes, spoiled more or less. */
export const fuzzedBody: fc.Arbitrary<Uint8Array> = fc
  .tuple(validBody, fc.array(blow, { maxLength: 4 }), cut, fc.boolean())
  .map(([body, blows, after, asMeta]) => {
    const spoiled = blows.reduce(strike, structuredClone(body));
    const text = asMeta ? meta.bytes(spoiled) : Buffer.from(JSON.stringify(spoiled));
    return spoilBytes(Buffer.from(text), after);
  });

function defined<T extends object>(value: T): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}
