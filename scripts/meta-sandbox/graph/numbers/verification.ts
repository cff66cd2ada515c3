import { digitsOf, newVerificationCode } from "../../world/identifiers.ts";
import type { Platform } from "../../world/platform.ts";
import { addNumber, numberByDigits, type PhoneNumber } from "../../world/world.ts";
import { badParameter, GraphError } from "../error.ts";
import { type GraphRequest, parameter } from "../request.ts";
import { requireNumber, requireScope, requireToken, requireWaba } from "../tokens/auth.ts";

/** `POST /{waba}/phone_numbers {cc, phone_number, verified_name}`: a number that has yet to be verified. */
export function addPhoneNumber(platform: Platform, request: GraphRequest, wabaId: string) {
  const token = requireToken(platform, request);
  const waba = requireWaba(platform, token, wabaId, "post");
  requireScope(token, "whatsapp_business_management");
  const countryCode = digitsOf(required(request, "cc"));
  const national = digitsOf(required(request, "phone_number"));
  const verifiedName = required(request, "verified_name");
  if (numberByDigits(platform.state.world, `${countryCode}${national}`)) {
    throw badParameter("The phone number is already in use.");
  }
  const created = addNumber(platform.state.world, {
    wabaId: waba.id,
    displayPhoneNumber: `+${countryCode} ${national}`,
    verifiedName,
    codeVerificationStatus: "NOT_VERIFIED",
    nameStatus: "PENDING_REVIEW",
    lastOnboardedAt: platform.clock.now(),
  });
  platform.changed();
  return { id: created.id };
}

/**
 * `POST /{phone}/request_code`: the code that would go out by SMS or voice call shows on the control page and in the
 * control API's world. Asking again replaces it. Meta: 136024 for a number that is verified already.
 */
export function requestCode(platform: Platform, request: GraphRequest, numberId: string) {
  const number = managedNumber(platform, request, numberId);
  const method = required(request, "code_method");
  required(request, "language");
  if (method !== "SMS" && method !== "VOICE") {
    throw badParameter("Param code_method must be one of {SMS, VOICE}");
  }
  if (number.codeVerificationStatus === "VERIFIED") {
    throw verificationError(136024, "Request code error", "The phone number is already verified.");
  }
  number.verificationCode = newVerificationCode();
  platform.changed();
  return { success: true };
}

/** `POST /{phone}/verify_code`: takes the code of the last request, with or without separators, once. */
export function verifyCode(platform: Platform, request: GraphRequest, numberId: string) {
  const number = managedNumber(platform, request, numberId);
  const code = digitsOf(required(request, "code"));
  if (!number.verificationCode || code !== number.verificationCode) {
    throw verificationError(136025, "Verify code error", "The verification code is not correct.");
  }
  number.verificationCode = null;
  number.codeVerificationStatus = "VERIFIED";
  platform.changed();
  return { success: true };
}

function managedNumber(platform: Platform, request: GraphRequest, numberId: string): PhoneNumber {
  const token = requireToken(platform, request);
  const number = requireNumber(platform, token, numberId, "post");
  requireScope(token, "whatsapp_business_management");
  return number;
}

function required(request: GraphRequest, name: string): string {
  const value = parameter(request, name);
  if (!value) throw badParameter(`The parameter ${name} is required.`);
  return value;
}

function verificationError(code: number, text: string, details: string): GraphError {
  return new GraphError({ code, message: `(#${code}) ${text}`, details });
}
