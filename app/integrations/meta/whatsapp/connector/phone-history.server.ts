/** Asking Meta for the contacts and chats of a number that stays in the WhatsApp Business app (coexistence). */
import { z } from "zod";
import type { PhoneHistory } from "../../../channel.server.ts";
import type { GraphClient } from "../../graph.server.ts";
import { GraphError } from "../../graph-error.server.ts";

const syncTypes = { contacts: "smb_app_state_sync", chats: "history" };

const alreadyAsked = 2_593_107;
const windowOver = 2_593_108;

export function createPhoneHistory(graph: GraphClient): PhoneHistory {
  return {
    async request(token, phoneNumberId, part) {
      await graph.call({
        endpoint: "smb_app_data",
        method: "POST",
        path: [phoneNumberId, "smb_app_data"],
        form: { messaging_product: "whatsapp", sync_type: syncTypes[part] },
        auth: token,
        schema: z.object({ messaging_product: z.literal("whatsapp") }),
      });
    },
    refusalOf(error) {
      // Meta's page names the number alone; elsewhere such a number is the subcode.
      const codes = error instanceof GraphError ? [error.facts.code, error.facts.subcode] : [];
      if (codes.includes(alreadyAsked)) return "asked_before";
      return codes.includes(windowOver) ? "too_late" : undefined;
    },
  };
}
