import type { Platform } from "../../world/platform.ts";
import type { PhoneNumber } from "../../world/world.ts";
import { badParameter, GraphError } from "../error.ts";
import { type GraphRequest, parameter } from "../request.ts";
import { requireNumber, requireScope, requireToken } from "../tokens/auth.ts";

const MAX_CALLS = 10;
const WINDOW_MS = 72 * 3_600_000;

/**
 * `POST /{phone}/register`. Meta: the PIN becomes the number's two-step PIN when it has none and must equal it
 * otherwise (133005); ten calls per number in 72 h, then 133016; numbers of the WhatsApp Business app are refused.
 */
export function registerNumber(platform: Platform, request: GraphRequest, numberId: string) {
  const number = messagingNumber(platform, request, numberId);
  countCall(platform, number.registerCalls);
  if (parameter(request, "messaging_product") !== "whatsapp") {
    throw badParameter("The parameter messaging_product is required.");
  }
  const pin = sixDigits(parameter(request, "pin"));
  if (number.isOnBizApp) throw refusedForCoexistence();
  if (number.codeVerificationStatus !== "VERIFIED") {
    throw registrationError(133006, "Phone number needs to be verified before registering");
  }
  if (number.pin !== null && number.pin !== pin) {
    throw registrationError(133005, "Two step verification PIN Mismatch");
  }
  number.pin = pin;
  number.platformType = "CLOUD_API";
  number.status = "CONNECTED";
  if (number.qualityRating === "UNKNOWN") number.qualityRating = "GREEN";
  platform.changed();
  return { success: true };
}

/** `POST /{phone}/deregister`: its own count of ten calls in 72 h; refused for coexistence numbers. */
export function deregisterNumber(platform: Platform, request: GraphRequest, numberId: string) {
  const number = messagingNumber(platform, request, numberId);
  countCall(platform, number.deregisterCalls);
  if (number.isOnBizApp) throw refusedForCoexistence();
  if (number.platformType !== "CLOUD_API") {
    throw registrationError(133010, "Phone number not registered");
  }
  number.platformType = "NOT_APPLICABLE";
  number.status = "PENDING";
  platform.changed();
  return { success: true };
}

/** `POST /{phone} {pin}`: sets the two-step PIN without asking for the old one. */
export function setPin(platform: Platform, request: GraphRequest, numberId: string) {
  const token = requireToken(platform, request);
  const number = requireNumber(platform, token, numberId, "post");
  requireScope(token, "whatsapp_business_management");
  const pin = sixDigits(parameter(request, "pin"));
  number.pin = pin;
  platform.changed();
  return { success: true };
}

function messagingNumber(platform: Platform, request: GraphRequest, numberId: string): PhoneNumber {
  const token = requireToken(platform, request);
  const number = requireNumber(platform, token, numberId, "post");
  requireScope(token, "whatsapp_business_messaging");
  return number;
}

/** Refused calls count too, so a retry loop locks the number for 72 h as it would at Meta. */
function countCall(platform: Platform, calls: number[]): void {
  const now = platform.clock.now();
  const recent = calls.filter((at) => now - at < WINDOW_MS);
  if (recent.length >= MAX_CALLS) {
    throw registrationError(133016, "Account register or deregister rate limit exceeded");
  }
  calls.splice(0, calls.length, ...recent, now);
  platform.changed();
}

function sixDigits(pin: string | null): string {
  if (pin === null || !/^\d{6}$/.test(pin)) throw badParameter("Param pin must be a 6 digit number.");
  return pin;
}

function refusedForCoexistence(): GraphError {
  return new GraphError({
    code: 100,
    message: "(#100) Invalid parameter",
    details: "The number is in use in the WhatsApp Business app; register and deregister do not apply to it.",
  });
}

function registrationError(code: number, text: string): GraphError {
  return new GraphError({ code, message: `(#${code}) ${text}`, details: text });
}
