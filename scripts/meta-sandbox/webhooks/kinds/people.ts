import { businessScopedUserId } from "../../world/identifiers.ts";
import { type Sender, userIdOf } from "../payloads.ts";
import { type Kind, type KindInput, type Kinds, message } from "./kind.ts";

/** A text, unless something else is said, of somebody whom Meta names in an unusual way. */
function text(label: string, said: string, who: (input: KindInput) => Partial<Sender>): Kind {
  return message(label, (input) => ({ type: "text", text: { body: input.text ?? said } }), who);
}

const username = ({ sender }: KindInput) => (sender.username ?? "sofi").replace(/^@/, "");

/** `contacts[]` has the one spelling of a number, `from` the other; both are one person with one user id. */
function spelt(input: KindInput, waId: string, phone: string): Partial<Sender> {
  return { phone, waId, userId: userIdOf(input.number, { ...input.sender, phone: waId }) ?? undefined };
}

/** The sender's number after its country code and the digit for mobiles, or one of that country's. */
function national({ sender }: KindInput, country: RegExp, otherwise: string): string {
  return country.exec(sender.phone)?.[1] ?? otherwise;
}

/** A change of the user id: Meta tells it without contacts, and since August 2026 with the id before. */
function changedUserId(label: string, ids: (now: string, before: string) => object): Kind {
  return message(
    label,
    ({ number, sender, newPhone }) => {
      const before = userIdOf(number, sender) ?? businessScopedUserId(number.businessId, sender.phone);
      const now = businessScopedUserId(number.businessId, newPhone ?? `${sender.phone}0`);
      return { type: "system", system: { type: "user_changed_user_id", user_id: now, ...ids(now, before) } };
    },
    () => ({ omitPhone: true, omitUserId: true }),
  );
}

/** How Meta names people, and what it tells when they change. */
export const PEOPLE = {
  username: text("Username", "Con mi usuario", (input) => ({ username: username(input) })),
  username_at: text("Username with @", "Con arroba", (input) => ({ username: `@${username(input)}` })),
  username_alone: text("Username, the number not told", "Sin número", (input) => ({
    username: username(input),
    omitPhone: true,
  })),
  name_invisible: text("Name that shows nothing", "Sin nombre", () => ({ name: "\u200b\u2060\u200d" })),
  spelt_mexico: text("Mexico: contact 521…, from 52…", "Desde México", (input) => {
    const rest = national(input, /^521?(\d{10})$/, "5544332211");
    return spelt(input, `521${rest}`, `52${rest}`);
  }),
  spelt_brazil: text("Brazil: contact without the ninth digit", "Desde Brasil", (input) => {
    const rest = national(input, /^55(\d{2}9?\d{8})$/, "11987654321");
    const [area, line] = [rest.slice(0, 2), rest.slice(-8)];
    return spelt(input, `55${area}${line}`, `55${area}9${line}`);
  }),
  system_user_changed_number: message("Changed number", ({ newPhone }) => ({
    type: "system",
    system: {
      body: "User changed from one number to another",
      type: "user_changed_number",
      wa_id: newPhone ?? "5215511112222",
    },
  })),
  system_number_gone: message("Changed number, the new one not told", () => ({
    type: "system",
    system: { body: "User changed their phone number", type: "user_changed_number" },
  })),
  system_user_changed_user_id: changedUserId("Changed user id (previous_user_id)", (now, before) => ({
    body: `User changed to ${now}`,
    previous_user_id: before,
  })),
  system_user_changed_user_id_body: changedUserId(
    "Changed user id, the old one in body only",
    (now, before) => ({
      body: `User A changed from ${before} to ${now}`,
    }),
  ),
  system_customer_identity_changed: message("Changed security code", () => ({
    type: "system",
    system: {
      body: "The security code of this person changed",
      type: "customer_identity_changed",
      identity: "sandbox",
    },
  })),
} satisfies Kinds;
