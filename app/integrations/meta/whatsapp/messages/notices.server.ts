/** What is no message and stands in the thread all the same: calls, handovers, what a person wants to receive. */
import type { MessageKind, MessageSummary } from "../../../message.ts";
import { at, numberAt, textAt } from "./content.server.ts";

type Content = Record<string, unknown>;

/** The notice that a stored item of this type is; undefined for a message. */
export function noticeSummary(
  type: string,
  content: Content,
  body: string | null,
): MessageSummary | undefined {
  if (type === "call") return callSummary(content.call, content.calledBy === "business");
  if (type === "handover") return { kind: handoverKind(content.handover), text: body, detail: null };
  if (type === "user_preference") return preferenceSummary(content.user_preference);
  return undefined;
}

/** Of one that ended: whether it was answered, and how long it took. An earlier step says no more than its word. */
function callSummary(call: unknown, byBusiness: boolean): MessageSummary {
  const isOver = textAt(call, "event")?.toLowerCase() === "terminate";
  const step = textAt(call, "status")?.toUpperCase();
  const seconds = secondsOf(call);
  const detail = seconds === null ? null : lasting(seconds);
  const kinds: [MessageKind, MessageKind] =
    seconds !== null || (!isOver && step === "ACCEPTED")
      ? ["call_from_customer", "call_from_business"]
      : isOver
        ? ["call_missed", "call_unanswered"]
        : step === "REJECTED"
          ? ["call_missed", "call_declined"]
          : ["call_from_customer", "call_from_business"];
  return { kind: kinds[byBusiness ? 1 : 0], text: null, detail };
}

/** Null for a call that nobody answered: Meta then tells no duration, and no start. */
function secondsOf(call: unknown): number | null {
  const started = numeric(call, "start_time");
  const ended = numeric(call, "end_time");
  const between = started !== null && ended !== null && ended >= started ? ended - started : null;
  const told = numeric(call, "duration");
  return told !== null && (told > 0 || started !== null) ? told : between;
}

function numeric(value: unknown, name: string): number | null {
  const text = textAt(value, name, 20);
  return numberAt(value, name) ?? (text && /^\d+$/.test(text) ? Number(text) : null);
}

/** In signs that people read alike in every language of the product. */
function lasting(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 3600), "h"],
    [Math.floor((whole % 3600) / 60), "min"],
    [whole % 60, "s"],
  ] as const;
  const said = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return said.join(" ") || "0 s";
}

function handoverKind(value: unknown): MessageKind {
  const passed = at(value, "control_passed");
  const control = passed ?? at(value, "control_taken");
  const before = textAt(control, "previous_owner_role")?.toLowerCase();
  const now = textAt(control, "new_owner_role")?.toLowerCase();
  if (now === "ai_agent") return "agent_took_over";
  if (passed) return now === "escalation" || before === "ai_agent" ? "person_wanted" : "handed_over";
  return before === "ai_agent" ? "person_took_over" : "handed_over";
}

function preferenceSummary(preference: unknown): MessageSummary {
  const isMarketing = textAt(preference, "category")?.toLowerCase() === "marketing_messages";
  const kinds = new Map<string | undefined, MessageKind>([
    ["stop", "marketing_stopped"],
    ["resume", "marketing_resumed"],
    ["signup", "marketing_wanted"],
  ]);
  const kind = isMarketing ? kinds.get(textAt(preference, "value")?.toLowerCase()) : undefined;
  return kind
    ? { kind, text: null, detail: null }
    : { kind: "preference", text: textAt(preference, "detail", 1_000), detail: null };
}
