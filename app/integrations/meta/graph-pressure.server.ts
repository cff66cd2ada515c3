/**
 * When not to call Meta at all: while its host does not answer, and while it has said that we call too much. Kept for
 * each client, in memory: another process finds out by itself within a few calls.
 */
import { z } from "zod";

export interface GraphPressure {
  /** Why a call must not be made now, or undefined. `urgent` ones, with a person waiting, ignore our own restraint. */
  refusal(call: { objectId: string | undefined; urgent: boolean }): "circuit open" | "throttled" | undefined;
  /** The host answered, whatever it said: its usage headers count. */
  answered(headers: Headers): void;
  /** The host did not answer: no connection, no answer in time, an answer that breaks off, an edge's error page. */
  unanswered(): void;
}

/** Five in a row: one lost call says nothing, and a person who waits must not wait for five time-outs of ten seconds. */
const failuresThatOpen = 5;
const openMs = 30_000;
/** Meta refuses at 100 %. What can wait stops before, so that what cannot still gets through. */
const restrainedAtPercent = 90;
const restrainedMs = 60_000;

const appUsage = z.record(z.string(), z.number());
const businessUsage = z.record(
  z.string(),
  z.array(z.object({ estimated_time_to_regain_access: z.number().default(0) }).loose()),
);

export function createGraphPressure(now: () => number = Date.now): GraphPressure {
  let failures = 0;
  let openUntil = 0;
  let probing = false;
  let restrainedUntil = 0;
  const regainedAt = new Map<string, number>();
  return {
    refusal({ objectId, urgent }) {
      if (failures >= failuresThatOpen) {
        // Half open: one call finds out for all.
        if (now() < openUntil || probing) return "circuit open";
        probing = true;
        return undefined;
      }
      // Meta refuses these anyway, whoever waits.
      if (objectId !== undefined && (regainedAt.get(objectId) ?? 0) > now()) return "throttled";
      return !urgent && restrainedUntil > now() ? "throttled" : undefined;
    },
    answered(headers) {
      failures = 0;
      probing = false;
      const usage = readHeader(headers, "x-app-usage", appUsage);
      if (usage && Math.max(0, ...Object.values(usage)) >= restrainedAtPercent)
        restrainedUntil = now() + restrainedMs;
      const business = readHeader(headers, "x-business-use-case-usage", businessUsage) ?? {};
      for (const [id, uses] of Object.entries(business)) {
        const minutes = Math.max(0, ...uses.map((use) => use.estimated_time_to_regain_access));
        if (minutes > 0) regainedAt.set(id, now() + minutes * 60_000);
        else regainedAt.delete(id);
      }
    },
    unanswered() {
      failures += 1;
      probing = false;
      if (failures >= failuresThatOpen) openUntil = now() + openMs;
    },
  };
}

function readHeader<Schema extends z.ZodType>(headers: Headers, name: string, schema: Schema) {
  try {
    return schema.safeParse(JSON.parse(headers.get(name) ?? "null")).data;
  } catch {
    return undefined;
  }
}
