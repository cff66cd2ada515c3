/** Reading what `FB.login` answers and what windows post. Pure, and nothing of it is believed beyond its shape. */
import type { LoginAnswer, Told } from "./signup-window.ts";

export interface Posted {
  origin: string;
  data: unknown;
  /** Posted by this page itself or by a frame in it. */
  fromInside: boolean;
}

const longestMessage = 20_000;

/**
 * What a window of the platform's told of the sign-up; null for everything else. Only exactly the listed origins are
 * believed: "ends with facebook.com" would believe evilfacebook.com.
 */
export function readPosted({ origin, data, fromInside }: Posted, origins: readonly string[]): Told | null {
  if (fromInside || !origins.includes(origin)) return null;
  const message = parsed(data);
  if (message?.type !== "WA_EMBEDDED_SIGNUP" || typeof message.event !== "string") return null;
  const about = isRecord(message.data) ? message.data : {};
  // Further kinds of success exist and come with names of their own.
  if (/^FINISH(_|$)/.test(message.event))
    return { kind: "finished", phoneNumberId: idIn(about.phone_number_id) };
  if (message.event === "ERROR") return { kind: "failed" };
  if (message.event !== "CANCEL") return null;
  const isError = ["error_message", "error_code", "error_id"].some((name) => about[name] !== undefined);
  return { kind: isError ? "failed" : "cancelled" };
}

/** An access token in place of a code is of no use to us: it is not read, let alone sent. */
export function readLogin(response: unknown, early: boolean): LoginAnswer {
  const answer = isRecord(response) ? response.authResponse : null;
  if (!isRecord(answer)) return { kind: "none", early };
  const { code } = answer;
  return typeof code === "string" && code !== "" ? { kind: "code", code } : { kind: "no_code" };
}

/** Messages of the sign-up are JSON in a string. Others, of the script itself, are not. */
function parsed(data: unknown): Record<string, unknown> | null {
  if (typeof data !== "string" || data.length > longestMessage || !data.startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(data);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function idIn(value: unknown): string | null {
  return typeof value === "string" && /^\d{1,64}$/.test(value) ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
