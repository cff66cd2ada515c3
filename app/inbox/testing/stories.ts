/**
 * What Meta tells of one matter under several fields, each change as a delivery of its own, and the conversations that
 * are to come of it in whatever order they arrive. For tests.
 */
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { businessNumber } from "#app/integrations/meta/whatsapp/webhook/testing/sender-fixtures.ts";

type Item = Record<string, unknown>;

/** `n` makes the people, groups and messages of one telling different from those of another: four digits. */
export interface Story {
  changes: (n: string) => Item[];
  /** `contact “name”: message type status …`, by contact, with N for `n`. A message that counts as unread has a star. */
  ends: string[];
}

const at = (seconds: number) => String(Number(meta.sentAt) + seconds);
const of = (field: string, value: Item) => meta.change(value, meta.phoneNumberId, field);
const says = (id: string, ids: Item, seconds: number, more: Item = {}) => ({
  id,
  timestamp: at(seconds),
  type: "text",
  text: { body: "Hola" },
  ...ids,
  ...more,
});
const inbound = (...messages: Item[]) => of("messages", { messages });
const changes = (id: string, seconds: number, system: Item, ids: Item = {}) =>
  inbound({ id, timestamp: at(seconds), type: "system", system: { body: "changed", ...system }, ...ids });
const thread = (id: string, ...messages: Item[]) => {
  const past = messages.map((message) => ({ history_context: { status: "READ" }, ...message }));
  const metadata = { phase: 0, chunk_order: 1, progress: 50 };
  return of("history", { history: [{ metadata, threads: [{ id, messages: past }] }] });
};
const saves = (contact: Item, seconds: number, action = "add") => {
  const metadata = { timestamp: at(seconds) };
  return of("smb_app_state_sync", { state_sync: [{ type: "contact", action, contact, metadata }] });
};
const wishes = (value: string, ids: Item, seconds: number) => {
  const wish = { category: "marketing_messages", value, timestamp: Number(at(seconds)), ...ids };
  return of("user_preferences", { user_preferences: [wish] });
};
const called = (event: string, more: Item) => of("calls", { calls: [{ event, timestamp: at(1), ...more }] });
const step = (status: string, more: Item) =>
  of("messages", { statuses: [{ status, timestamp: at(3), ...more }] });
const placeholder = { type: "media_placeholder", text: undefined };
const image = { type: "image", text: undefined, image: { id: "1", caption: "La mesa" } };
const number = (n: string) => `34600${n}11`;

export const stories: Record<string, Story> = {
  "a medium of a history that names nobody": {
    changes: (n) => [
      thread(number(n), says(`a.${n}`, { from: businessNumber, to: number(n) }, 1, placeholder)),
      of("history", { messages: [says(`a.${n}`, { from: businessNumber }, 1, image)] }),
      step("delivered", { id: `a.${n}`, recipient_id: undefined }),
    ],
    ends: ["34600N11: a.N image read of business_app"],
  },
  "a medium of a history, and the message as it came": {
    changes: (n) => [
      thread(number(n), says(`a.${n}`, { from: number(n) }, 1, placeholder)),
      of("history", { messages: [says(`a.${n}`, { from: number(n) }, 1, image)] }),
      inbound(says(`a.${n}`, { from: number(n) }, 1, image)),
      inbound(says(`b.${n}`, { from: number(n) }, 0)),
    ],
    ends: ["34600N11: a.N image received* b.N text received*"],
  },
  "a history twice, with a receipt": {
    changes: (n) => [
      thread(number(n), says(`a.${n}`, { from: number(n) }, 1), says(`b.${n}`, { to: number(n) }, 2)),
      thread(number(n), says(`a.${n}`, { from: number(n) }, 1), says(`b.${n}`, { to: number(n) }, 2)),
      step("delivered", { id: `b.${n}`, recipient_id: number(n) }),
    ],
    ends: ["34600N11: a.N text received b.N text read of business_app"],
  },
  "a group that a history knows as well": {
    changes: (n) => [
      thread(`G${n}`, says(`a.${n}`, { from: number(n), group_id: `G${n}` }, 1)),
      inbound(says(`a.${n}`, { from: number(n), group_id: `G${n}` }, 1)),
      thread(`G${n}`, says(`b.${n}`, { from: number(n), group_id: `G${n}` }, 2)),
      inbound(says(`p.${n}`, { from: number(n) }, 3)),
    ],
    ends: [
      "34600N11: p.N text received*",
      "GN: a.N text received* by 34600N11 b.N text received by 34600N11",
    ],
  },
  "a step that does not say to which group": {
    changes: (n) => [
      step("sent", { id: `o.${n}`, recipient_type: "group", recipient_participant_id: number(n) }),
      of("message_echoes", {
        message_echoes: [{ ...meta.echo(`o.${n}`, `G${n}`), recipient_type: "group" }],
      }),
    ],
    ends: ["GN: o.N text sent of other_app"],
  },
  "a message told by the phone, the assistant and an app": {
    changes: (n) => [
      of("smb_message_echoes", { message_echoes: [meta.echo(`e.${n}`, number(n))] }),
      of("message_echoes", { message_echoes: [meta.echo(`e.${n}`, number(n))] }),
      of("standby", { standby: { message_echoes: [meta.echo(`e.${n}`, number(n))] } }),
      step("read", { id: `e.${n}`, recipient_id: number(n) }),
    ],
    ends: ["34600N11: e.N text read of business_app"],
  },
  "a call from the customer": {
    changes: (n) => [
      called("connect", { id: `c.${n}`, from: number(n), to: businessNumber, direction: "USER_INITIATED" }),
      called("terminate", {
        id: `c.${n}`,
        from: number(n),
        to: businessNumber,
        duration: 9,
        start_time: at(1),
      }),
      inbound(says(`a.${n}`, { from: number(n) }, 3)),
    ],
    ends: ["34600N11: a.N text received* c.N call received"],
  },
  "a call to the customer, whose steps come apart": {
    changes: (n) => [
      step("RINGING", { id: `c.${n}`, type: "call", recipient_id: number(n) }),
      step("ACCEPTED", { id: `c.${n}`, type: "call", recipient_id: number(n) }),
      called("connect", { id: `c.${n}`, from: businessNumber, to: number(n) }),
      called("terminate", { id: `c.${n}`, from: businessNumber, to: number(n), duration: 9 }),
    ],
    ends: ["34600N11: c.N call sent"],
  },
  "names of the address book, for a number in two spellings": {
    changes: (n) => [
      saves({ full_name: "Ana Prima", phone_number: `5255${n}4321` }, 5, "edit"),
      saves({ full_name: "Ana Jefa", phone_number: `+52 1 55 ${n} 4321` }, 1),
      inbound(says(`a.${n}`, { from: `52155${n}4321` }, 3)),
      inbound(says(`g.${n}`, { from: `5255${n}4321`, group_id: `G${n}` }, 4)),
    ],
    ends: ["5255N4321 “Ana Prima”: a.N text received*", "GN: g.N text received* by 5255N4321"],
  },
  "two spellings that Meta pairs, with what was told of each": {
    changes: (n) => [
      inbound(says(`a.${n}`, { from: `5411${n}6789` }, 1)),
      of("messages", {
        contacts: [{ profile: { name: "Ana" }, wa_id: `54911${n}6789` }],
        messages: [says(`b.${n}`, { from: `5411${n}6789` }, 3)],
      }),
      saves({ full_name: "Jefa", phone_number: `+54 9 11 ${n} 6789` }, 4),
      of("message_echoes", { message_echoes: [meta.echo(`e.${n}`, `54911${n}6789`)] }),
    ],
    ends: ["54911N6789 “Jefa”: a.N text received* b.N text received* e.N text sent of other_app"],
  },
  "what somebody wants to receive, under either id": {
    changes: (n) => [
      wishes("stop", { wa_id: number(n) }, 1),
      wishes("resume", { user_id: `US.${n}` }, 5),
      inbound(says(`a.${n}`, { from: number(n), from_user_id: `US.${n}` }, 3)),
    ],
    ends: ["34600N11 wanted: a.N text received* user_preference received user_preference received"],
  },
  "user ids that change twice": {
    changes: (n) => [
      inbound(says(`a.${n}`, { from_user_id: `US.${n}a` }, 0)),
      changes(`s.${n}`, 1, {
        type: "user_changed_user_id",
        previous_user_id: `US.${n}a`,
        user_id: `US.${n}b`,
      }),
      changes(`t.${n}`, 3, {
        type: "user_changed_user_id",
        previous_user_id: `US.${n}b`,
        user_id: `US.${n}c`,
      }),
      inbound(says(`c.${n}`, { from_user_id: `US.${n}c` }, 4)),
    ],
    ends: ["US.Nc: a.N text received* c.N text received* s.N system received t.N system received"],
  },
  "a number that somebody left, and who has it since": {
    changes: (n) => [
      inbound(says(`a.${n}`, { from: number(n), from_user_id: `US.${n}a` }, 0)),
      changes(
        `s.${n}`,
        1,
        {
          type: "user_changed_number",
          wa_id: `34700${n}11`,
          user_id: `US.${n}b`,
          previous_user_id: `US.${n}a`,
        },
        { from: number(n) },
      ),
      inbound(says(`b.${n}`, { from: `34700${n}11`, from_user_id: `US.${n}b` }, 2)),
      inbound(says(`x.${n}`, { from: number(n), from_user_id: `US.${n}x` }, 9)),
    ],
    ends: [
      "34600N11: x.N text received*",
      "34700N11: a.N text received* b.N text received* s.N system received",
    ],
  },
};
