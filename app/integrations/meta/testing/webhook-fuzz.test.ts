/** Structure-aware fuzz of the pure reader (R17 of the reliability scoreboard). */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import type { DeliveryReading } from "../../channel-events.server.ts";
import { bodyOf, bytes, phoneNumberId, textMessage } from "../whatsapp/webhook/testing/fixtures.ts";
import { whatsappWebhook } from "../whatsapp/webhook/webhook.server.ts";
import { fuzzedBody, tellBriefly } from "./webhook-fuzz-bodies.ts";
import { canary } from "./webhook-fuzz-spoil.ts";

const longestMs = 250;
const read = (bytes: Uint8Array) => whatsappWebhook.read(bytes);

/** What this process has computed so far: what else the machine does is not in it. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Collecting garbage falls into whichever reading it will: one is slow when it is slow three times. */
function msToRead(bytes: Uint8Array): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3 && fastest > longestMs / 5; round++) {
    const before = cpuMs();
    read(bytes);
    fastest = Math.min(fastest, cpuMs() - before);
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
          const started = cpuMs();
          const reading = read(bytes);
          let ms = cpuMs() - started;
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

  /** How many events and problems are read of them: one that is given up at once is no example of a slow one. */
  const found: Record<string, [number, number]> = {
    "a thousand messages": [1_019, 0],
    "a thousand messages without a time": [0, 1_044],
    "a thousand people for a thousand messages": [1_000, 0],
    "one name of a field": [1, 0],
    "one message with a hundred thousand numbers": [1, 0],
    "digits of one number": [1, 0],
    "one text of U+0000": [1, 0],
    "one text of lone surrogates": [1, 0],
  };

  test.each(Object.entries(worst))(
    "R17 up to three megabytes of %s are read in under 250 ms",
    (name, bytes) => {
      const { events, problems } = read(bytes);
      expect([events.length, problems.length]).toEqual(found[name] ?? [0, 1]);
      const ms = msToRead(bytes);
      console.log(`R17 worst: ${name} ${ms.toFixed(0)} ms for ${(bytes.length / 1024 / 1024).toFixed(1)} MB`);
      expect(ms).toBeLessThan(longestMs);
    },
  );

  // Past 2,000 problems nothing more is kept, and still every item is judged: a million takes many seconds.
  const lists = ["messages", "message_echoes", "statuses", "calls", "user_preferences"];
  test.each(lists)("R17 sixty thousand %s that are none are read in under 250 ms", (list) => {
    const many = Buffer.from(messages("{}", 60_000).toString().replace('"messages":[', `"${list}":[`));
    expect(read(many).problems).toHaveLength(2_001);
    expect(msToRead(many)).toBeLessThan(longestMs);
  });
});
