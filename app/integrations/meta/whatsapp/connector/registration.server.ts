/** Registering a number at Meta, and what its refusals mean. */
import { randomInt } from "node:crypto";
import { z } from "zod";
import { Secret } from "../../../../platform/secret.server.ts";
import type { NumberRegistration, Registration, RegistrationRefusal } from "../../../channel.server.ts";
import type { GraphClient } from "../../graph.server.ts";
import { GraphError } from "../../graph-error.server.ts";

export const registrationFields = z.object({
  // Asked for or not, Meta names the object: an answer without it is about something else, and must not read as registered.
  id: z.coerce.string(),
  platform_type: z.string().optional(),
  is_on_biz_app: z.boolean().optional(),
});

const refusals = new Map<number | undefined, RegistrationRefusal>([
  [133005, "pin_mismatch"],
  [133006, "verify_again"],
  [133008, "too_many_attempts"],
  [133009, "too_many_attempts"],
  [133016, "too_many_attempts"],
  [131031, "account_locked"],
  // Meta asks for five minutes.
  [133015, "deleted_recently"],
]);

/** Registration at the Cloud API. Refusals are known by Meta's 133xxx codes. */
export function createRegistration(graph: GraphClient): NumberRegistration {
  return {
    // Two-step verification takes six digits.
    newPin: () => new Secret(String(randomInt(1_000_000)).padStart(6, "0")),
    async read(token, phoneNumberId) {
      const query = { fields: "platform_type,is_on_biz_app" };
      const path = [phoneNumberId];
      return registrationOf(
        await graph.call({ endpoint: "phone", path, query, auth: token, schema: registrationFields }),
      );
    },
    async register(token, phoneNumberId, pin) {
      const form = { messaging_product: "whatsapp", pin: pin.reveal() };
      const path = [phoneNumberId, "register"];
      await graph.call({
        endpoint: "register",
        method: "POST",
        path,
        form,
        auth: token,
        schema: z.object({ success: z.literal(true) }),
      });
    },
    refusalOf: (error) => (error instanceof GraphError ? refusals.get(error.facts.code) : undefined),
  };
}

export function registrationOf({
  is_on_biz_app,
  platform_type,
}: z.infer<typeof registrationFields>): Registration {
  // Coexistence: the number lives on in the WhatsApp Business app, and registering it here would throw it out there.
  if (is_on_biz_app) return "on_phone";
  return platform_type === "NOT_APPLICABLE" ? "open" : "registered";
}
