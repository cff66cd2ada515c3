/** Structure-aware fuzz of the pure reader (R17 of the reliability scoreboard). */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import type { DeliveryReading } from "../channel.server.ts";
import { fuzzedBody, tellBriefly } from "./webhook-fuzz-bodies.ts";
import { canary } from "./webhook-fuzz-spoil.ts";
import { whatsappWebhook } from "./whatsapp/webhook.server.ts";
import { bodyOf, bytes, phoneNumberId, textMessage } from "./whatsapp/webhook-fixtures.ts";

const longestMs = 250;
const read = (bytes: Uint8Array) => whatsappWebhook.read(bytes);

/** A busy machine may stop us anywhere: a reading is slow when it is slow three times. */
function msToRead(bytes: Uint8Array): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3 && fastest > longestMs / 5; round++) {
    const started = performance.now();
    read(bytes);
    fastest = Math.min(fastest, performance.now() - started);
  }
  return fastest;
}

/** A question mark stands for a name that is not ours to repeat. */
const places = /^(body|entry[.\w?]*)$/;

/** Places are unique and ours alone, faults are told in our own words, and PostgreSQL can take every text. */
function expectHarmless({ events, problems }: DeliveryReading): void {
  if (new Set(problems.map(({ path }) => path)).size !== problems.length) throw new Error("a place twice");
  for (const { path, detail } of problems) {
    if (!places.test(path)) throw new Error(`place ${path}`);
    if (path.includes(canary) || detail.includes(canary)) throw new Error(`content in ${path}: ${detail}`);
  }
  for (const { path } of events) if (!places.test(path)) throw new Error(`place ${path}`);
  if (/\\u0000|\\ud[89a-f]/.test(JSON.stringify(events))) throw new Error("text that PostgreSQL refuses");
}

const size = cases(2_000, 100_000);

describe("R17 fuzz of the reader", () => {
  test(
    `R17 ${size.numRuns} spoiled bodies: no throw, same bytes same reading, no content in a problem, each under 250 ms`,
    () => {
      const properties = Object.getOwnPropertyNames(Object.prototype).length;
      const seen = { cases: 0, events: 0, problems: 0, slowest: 0 };
      fc.assert(
        fc.property(fuzzedBody, (bytes) => {
          const before = Buffer.from(bytes);
          const started = performance.now();
          const reading = read(bytes);
          let ms = performance.now() - started;
          if (ms > longestMs / 5) ms = Math.min(ms, msToRead(bytes));
          expectHarmless(reading);
          if (!isDeepStrictEqual(read(bytes), reading)) throw new Error("read differently the second time");
          if (!before.equals(bytes)) throw new Error("the bytes were changed");
          if (ms >= longestMs) throw new Error(`took ${ms} ms`);
          seen.cases++;
          seen.events += reading.events.length;
          seen.problems += reading.problems.length;
          seen.slowest = Math.max(seen.slowest, ms);
        }),
        { ...size, reporter: tellBriefly },
      );
      expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(properties);
      // Spoiled, but not so that nothing is left to read.
      expect(seen.events).toBeGreaterThan(seen.cases / 2);
      expect(seen.problems).toBeGreaterThan(seen.cases / 20);
      console.log(
        `R17: ${seen.cases} cases, seed ${size.seed}, ${seen.events} events, ${seen.problems} problems, slowest reading ${seen.slowest.toFixed(1)} ms`,
      );
    },
    60_000 + size.numRuns * 6,
  );

  const megabytes = 3 * 1024 * 1024;
  /** As many of `piece` as fit, where the only message of a body stands. */
  const messages = (piece: string, most = Number.POSITIVE_INFINITY) => {
    const [before = "", after = ""] = JSON.stringify(bodyOf({ messages: ["X"] })).split('"X"');
    const times = Math.min(most, Math.floor((megabytes - 300) / (piece.length + 1)));
    return Buffer.from(`${before}${`${piece},`.repeat(times - 1)}${piece}${after}`);
  };
  const text = (piece: string) =>
    messages(JSON.stringify(textMessage("wamid.A", "1", "X")).replace("X", piece), 1);
  const worst: Record<string, Uint8Array> = {
    "a thousand messages": messages(JSON.stringify(textMessage("wamid.A", "1", "x".repeat(3_000)))),
    "a thousand messages without a time": messages(JSON.stringify({ note: "x".repeat(3_000) })),
    "one message with a hundred thousand numbers": messages(
      JSON.stringify({ ...textMessage("wamid.A"), n: ["X"] }).replace('"X"', `1${",2".repeat(100_000)}`),
      1,
    ),
    "one text of U+0000": text("\\u0000".repeat(500_000)),
    "one text of lone surrogates": text("\\ud83d".repeat(250_000)),
    "one id": bytes(bodyOf({ messages: [textMessage("x".repeat(megabytes))] })),
    "one number id": bytes(bodyOf({ messages: [] }, "1".repeat(megabytes))),
    "one name of a field": bytes(bodyOf({}, phoneNumberId, "x".repeat(megabytes))),
    "a thousand people for a thousand messages": bytes(
      bodyOf({
        contacts: Array.from({ length: 1_000 }, (_, n) => ({ wa_id: String(n), user_id: `ES.${n}` })),
        messages: Array.from({ length: 1_000 }, (_, n) => textMessage(`wamid.${n}`, String(999 - n))),
      }),
    ),
    "half a million brackets that open": Buffer.alloc(500_000, "["),
    "digits of one number": Buffer.from(`{"object":${"9".repeat(megabytes)}}`),
    spaces: Buffer.alloc(megabytes, " "),
  };

  test.each(Object.entries(worst))(
    "R17 up to three megabytes of %s are read in under 250 ms",
    (name, bytes) => {
      read(bytes);
      const ms = msToRead(bytes);
      console.log(`R17 worst: ${name} ${ms.toFixed(0)} ms for ${(bytes.length / 1024 / 1024).toFixed(1)} MB`);
      expect(ms).toBeLessThan(longestMs);
    },
  );

  // Past 2,000 problems nothing more is kept, and still every item is judged: a million takes many seconds.
  test("R17 sixty thousand items that are none are read in under 250 ms", () => {
    const started = performance.now();
    read(messages("{}", 60_000));
    expect(performance.now() - started).toBeLessThan(longestMs);
  });
});
