import { randomBytes } from "node:crypto";
import type { Change } from "../envelope.ts";
import { changeOf } from "../payloads.ts";
import { contacts, item, type Kind, type KindInput, type Kinds } from "./kind.ts";

type Item = Record<string, unknown>;

/** One id for all that is told of a call, so that they can be sent one by one. */
const callId = ({ messageId, id }: KindInput) =>
  messageId ?? id ?? `wacid.${randomBytes(18).toString("base64")}`;

/** Who called, and how long it lasted: null when nobody answered. */
function call(label: string, by: "USER" | "BUSINESS", seconds: number | null): Kind {
  return { label, changes: (input) => eventsOf(input, by, seconds) };
}

function eventsOf(input: KindInput, by: "USER" | "BUSINESS", seconds: number | null): Change[] {
  const { number, sender, timestamp, extra } = input;
  const business = number.displayPhoneNumber.replace(/\D/g, "");
  const [from, to] = by === "USER" ? [sender.phone, business] : [business, sender.phone];
  const id = callId(input);
  const told = (event: string, after: number, more: Item = {}) =>
    changeOf(number, "calls", {
      ...contacts(input),
      calls: [
        {
          id,
          from,
          to,
          event,
          direction: `${by}_INITIATED`,
          timestamp: String(timestamp + after),
          ...more,
          ...extra,
        },
      ],
    });
  const answered = seconds !== null && {
    status: "COMPLETED",
    start_time: String(timestamp + 5),
    end_time: String(timestamp + 5 + seconds),
    duration: seconds,
  };
  return [
    told("connect", 0, { session: { sdp_type: "offer", sdp: "v=0" } }),
    told("terminate", 5 + (seconds ?? 20), answered || { status: "FAILED" }),
  ];
}

/** A step of a call that the business makes. */
function step(status: "RINGING" | "ACCEPTED" | "REJECTED"): Kind {
  return item(`Status of a call: ${status}`, "calls", (input) => ({
    statuses: [
      {
        id: callId(input),
        type: "call",
        status,
        timestamp: String(input.timestamp),
        recipient_id: input.sender.phone,
        ...input.extra,
      },
    ],
  }));
}

export const CALLS = {
  call_missed: call("Customer's call, missed", "USER", null),
  call_answered: call("Customer's call, answered", "USER", 125),
  call_business_answered: call("Business's call, answered", "BUSINESS", 61),
  call_business_unanswered: call("Business's call, not answered", "BUSINESS", null),
  call_ringing: step("RINGING"),
  call_accepted: step("ACCEPTED"),
  call_rejected: step("REJECTED"),
} satisfies Kinds;

/** What somebody wants to receive. */
function preference(value: "stop" | "resume" | "signup"): Kind {
  return item(`Marketing messages: ${value}`, "user_preferences", (input) => ({
    ...contacts(input),
    user_preferences: [
      {
        wa_id: input.sender.phone,
        category: "marketing_messages",
        value,
        detail: `User requested to ${value} marketing messages`,
        timestamp: input.timestamp,
        ...input.extra,
      },
    ],
  }));
}

export const PREFERENCES = {
  preference_stop: preference("stop"),
  preference_resume: preference("resume"),
  preference_signup: preference("signup"),
} satisfies Kinds;
