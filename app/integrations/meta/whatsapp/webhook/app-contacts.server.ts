/**
 * The field `smb_app_state_sync`: what the owner of a number calls people in the WhatsApp Business app on their phone.
 * Told once of the whole address book, and again of each name that is added, edited or removed.
 */
import { z } from "zod";
import type { OtherEvent, PersonEvent, ReadingProblem } from "../../../channel-events.server.ts";
import { digitsOf, optionalId, unixSeconds, whatIsWrong } from "./fields.server.ts";
import type { ChangeContext } from "./items.server.ts";
import { identify, nameOf } from "./people.server.ts";

const stateItem = z.object({
  type: z.literal("contact"),
  contact: z.looseObject({ user_id: optionalId.catch(null) }),
  // A name is worth more than its time.
  metadata: z.object({ timestamp: unixSeconds }).optional().catch(undefined),
});

/** An item of it. What is no contact, or one that nobody can be found by, is `other`. */
export function readStateSync(
  item: unknown,
  path: string,
  { phoneNumberId, contacts }: ChangeContext,
): PersonEvent | OtherEvent | ReadingProblem {
  const place = { path, phoneNumberId };
  const other = { kind: "other" as const, ...place, field: "smb_app_state_sync.state_sync" };
  const said = typed.safeParse(item).data;
  if (said && said.type !== "contact") return other;
  const parsed = stateItem.safeParse(item);
  if (!parsed.success) return { ...place, detail: whatIsWrong(parsed.error) };
  const { contact, metadata } = parsed.data;
  const person = identify(digitsOf(contact.phone_number), contact.user_id, contacts);
  if (!person) return other;
  // What Meta adds to add, edit and remove tells a name, or it does not.
  const name = said?.action === "remove" ? null : (nameOf(contact.full_name) ?? nameOf(contact.first_name));
  const username = nameOf(contact.username) ?? person.username;
  // What is told without a time gives way to what has one.
  const at = metadata?.timestamp ?? new Date(0);
  return { kind: "person", ...place, occurredAt: at, contact: { ...person, username, saved: { name, at } } };
}

const typed = z.object({ type: z.string(), action: z.unknown() });
