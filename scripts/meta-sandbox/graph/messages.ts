import { digitsOf, newMessageId } from "../world/identifiers.ts";
import type { Platform } from "../world/platform.ts";
import { GraphError } from "./error.ts";
import { type GraphRequest, parameter } from "./request.ts";
import { requireNumber, requireScope, requireToken } from "./tokens/auth.ts";

const KEPT_OUTBOUND = 500;

/**
 * `POST /{phone}/messages`, as far as a connected number can be tried out: token, registration and recipient are
 * checked and a message id is answered. No status follows by itself; the control page and API send those. The 24-hour
 * window, templates and media are not modelled.
 */
export function sendMessage(platform: Platform, request: GraphRequest, numberId: string) {
  const token = requireToken(platform, request);
  const number = requireNumber(platform, token, numberId, "post");
  requireScope(token, "whatsapp_business_messaging");
  if (parameter(request, "messaging_product") !== "whatsapp") {
    throw sendError(100, "Invalid parameter", "messaging_product must be whatsapp");
  }
  if (number.platformType !== "CLOUD_API") {
    throw sendError(133010, "Account not registered", "Account not registered");
  }
  if (parameter(request, "status") === "read") return { success: true };
  const to = parameter(request, "to");
  const recipient = parameter(request, "recipient");
  const peer = to ? digitsOf(to) : recipient;
  if (!peer) throw sendError(131008, "Required parameter is missing", "to or recipient is required");
  const id = newMessageId(peer, "outbound");
  platform.state.outbound.push({ id, phoneNumberId: number.id, recipient: peer });
  if (platform.state.outbound.length > KEPT_OUTBOUND) platform.state.outbound.shift();
  platform.changed();
  return {
    messaging_product: "whatsapp",
    contacts: [to ? { input: to, wa_id: peer } : { input: peer, user_id: peer }],
    messages: [{ id }],
  };
}

function sendError(code: number, text: string, details: string): GraphError {
  return new GraphError({ code, message: `(#${code}) ${text}`, details });
}
