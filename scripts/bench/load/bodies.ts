/** Webhook bodies in Meta's shapes for one stream, the same ones for the same plan. */
import { type Change, envelope } from "../../meta-sandbox/webhooks/envelope.ts";
import {
  inboundMessage,
  messageStatus,
  type NumberIdentity,
  type Sender,
} from "../../meta-sandbox/webhooks/payloads.ts";
import {
  displayNumberOf,
  epochSeconds,
  messageIdOf,
  phoneNumberIdOf,
  recipientOf,
  seededRandom,
  serialOf,
  tenantOf,
  userIdOf,
  wabaIdOf,
  waIdOf,
} from "../world/world.ts";
import type { StreamPlan } from "./plan.ts";

export type Step = "message" | "sent" | "delivered" | "read";

export interface WatchedEvent {
  id: string;
  step: Step;
}

export interface Body {
  value: Record<string, unknown>;
  messages: number;
  statuses: number;
  /** The first and the last event of the body. */
  events: WatchedEvent[];
}

const texts = [
  "Hola",
  "¿Tienen pan de masa madre? 🥖",
  "Buenos días, quería preguntar si mañana abren y a qué hora, porque llego en el tren de las nueve.",
  "ok",
  "Gracias 🙏🏽",
  "https://example.com/pedido/4711?ref=wa",
  "Me pasas la factura a nombre de Comercial Peñalver, S.L., por favor. El CIF es el mismo que la última vez.",
  "perfecto, nos vemos allí entonces",
];
const names = ["Ana 🌻", "José María", "Nuria Peña", "Li Wei", "Marta", "Óscar Núñez", "D. Smith", "Zoë"];
const steps = ["sent", "delivered", "read"] as const;

/** Writes the bodies of a stream in order; `next` is called once for each. */
export function bodyWriter(plan: StreamPlan): { next(): Body } {
  const random = seededRandom(plan.seed + plan.run * 1_000_003);
  let index = 0;
  const writeOne = { message: writeMessage, sizing: writeSizing, bulk: writeBulk }[plan.mix];
  return { next: () => writeOne(plan, index++, random) };
}

type Random = (limit: number) => number;

function writeMessage(plan: StreamPlan, index: number, random: Random): Body {
  const { change, event } = textFrom(plan, random(plan.part.contacts), index, random);
  return { value: envelope([change]), messages: 1, statuses: 0, events: [event] };
}

/**
 * Every fourth body is a message; the three between tell a step of messages that the business sent. The steps of one
 * message lie apart as they do in life. At the beginning of a stream they belong to its last messages, so that some
 * come in the wrong order, and each step of each message comes exactly once.
 */
function writeSizing(plan: StreamPlan, index: number, random: Random): Body {
  const [group, place] = [Math.floor(index / 4), index % 4];
  if (place === 0) return writeMessage(plan, index, random);
  const groups = Math.floor(plan.requests / 4);
  const step = steps[place - 1] ?? "sent";
  const apart = Math.min(1_000, Math.floor(groups / 4)) * (place - 1);
  const sent = (group - apart + groups) % groups;
  const contact = recipientOf(sent, plan.part);
  const id = messageIdOf(waIdOf(contact), serialOf(plan.run, sent), "outbound");
  const input = { status: step, messageId: id, timestamp: secondOf(plan, index) };
  const change = messageStatus(numberOf(plan, contact), senderOf(contact), input);
  return { value: envelope([change]), messages: 0, statuses: 1, events: [{ id, step }] };
}

/** Messages of every workspace of the part in one body: an entry for each, as Meta groups by account. */
function writeBulk(plan: StreamPlan, index: number, random: Random): Body {
  const { tenants, contacts } = plan.part;
  const changes: Change[] = [];
  const events: WatchedEvent[] = [];
  for (let place = 0; place < plan.updatesPerBody; place++) {
    const tenant = Math.floor((place * tenants) / plan.updatesPerBody);
    const contact = random(Math.floor(contacts / tenants)) * tenants + tenant;
    const { change, event } = textFrom(plan, contact, index * plan.updatesPerBody + place, random);
    const last = changes.at(-1);
    if (last?.phoneNumberId === change.phoneNumberId) append(last, change);
    else changes.push(change);
    if (place === 0 || place === plan.updatesPerBody - 1) events.push(event);
  }
  return { value: envelope(changes), messages: plan.updatesPerBody, statuses: 0, events };
}

function append(to: Change, from: Change): void {
  for (const list of ["contacts", "messages"])
    (to.value[list] as unknown[]).push(...(from.value[list] as unknown[]));
}

function textFrom(plan: StreamPlan, contact: number, index: number, random: Random) {
  const id = messageIdOf(waIdOf(contact), serialOf(plan.run, index), "inbound");
  const content = { type: "text", text: { body: texts[random(texts.length)] } };
  const input = { content, id, timestamp: secondOf(plan, index) };
  const change = inboundMessage(numberOf(plan, contact), senderOf(contact), input);
  return { change, event: { id, step: "message" as const } };
}

/** Later runs are later days, and a person's next message is always a later second. */
function secondOf(plan: StreamPlan, index: number): number {
  return epochSeconds + plan.run * 86_400 + Math.floor(index / 1_000);
}

function numberOf(plan: StreamPlan, contact: number): NumberIdentity {
  const tenant = tenantOf(contact, plan.part);
  return {
    phoneNumberId: phoneNumberIdOf(tenant),
    wabaId: wabaIdOf(tenant),
    businessId: wabaIdOf(tenant),
    displayPhoneNumber: displayNumberOf(tenant),
  };
}

function senderOf(contact: number): Sender {
  return { phone: waIdOf(contact), name: names[contact % names.length] ?? "", userId: userIdOf(contact) };
}
