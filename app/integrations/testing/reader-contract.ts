/** The part of the contract about webhook readers: total, repeatable, and silent about content. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import type { ChannelWebhook, DeliveryReading } from "../channel-events.server.ts";

export interface WebhookSamples {
  webhook: ChannelWebhook;
  /** Bodies as the platform sends them; every item of theirs is readable. */
  bodies: object[];
  /** A body with one item that cannot be read, where it stands, and how many others there are. */
  broken: { body: object; path: string; others: number };
}

const canary = "CANARY-7d1f";
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

type Read = (bytes: Uint8Array) => DeliveryReading;

/** Reads twice; checks what holds for whatever the bytes are. */
function checked({ read }: ChannelWebhook): Read {
  return (bytes) => {
    const before = Buffer.from(bytes);
    const reading = read(bytes);
    expect(read(bytes)).toEqual(reading);
    expect(Buffer.compare(before, bytes)).toBe(0);
    for (const { path, detail } of reading.problems) {
      expect(path).toMatch(/^\w+(\.\w+)*$/);
      expect(`${path} ${detail}`).not.toContain(canary);
    }
    return reading;
  };
}

export function describeReader(name: string, { webhook, bodies, broken }: WebhookSamples): void {
  const read = checked(webhook);
  describe(`the webhook reader of ${name}`, () => {
    test("reads what the platform sends, each item with its place", () => {
      for (const body of bodies) {
        const { events, problems } = read(bytesOf(body));
        expect(problems).toEqual([]);
        expect(events).not.toEqual([]);
        for (const { path } of events) expect(isPlace(placesOf(body), path), path).toBe(true);
      }
    });

    test("an item that cannot be read costs nobody else's", () => {
      const { events, problems } = read(bytesOf(broken.body));
      expect(problems).toMatchObject([{ path: broken.path }]);
      expect(events).toHaveLength(broken.others);
      expect(isPlace(placesOf(broken.body), broken.path)).toBe(true);
    });

    test.each(unreadable)("says of a body that is %s that the whole is unreadable", (_what, body) => {
      const { events, problems } = read(Buffer.from(body));
      expect(events).toEqual([]);
      expect(problems).toMatchObject([{ path: "body", phoneNumberId: null }]);
    });

    test("never throws, whatever the bytes", () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void read(bytes)),
        cases(100),
      );
      fc.assert(
        fc.property(fc.json(), (json) => void read(Buffer.from(json))),
        cases(100),
      );
    });

    test("never throws and never quotes, whatever stands in place of a part of a body", () => {
      expectStrangersToBeBorne(read, bodies);
    });
  });
}

const unreadable: [string, string | Buffer][] = [
  ["nothing", ""],
  ["no JSON", `{"${canary}`],
  ["no object", `["${canary}"]`],
  ["no UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  ["100,000 levels", "[".repeat(100_000) + "]".repeat(100_000)],
  ["a prototype", '{"__proto__":{"entry":[1]},"constructor":1}'],
];

function expectStrangersToBeBorne(read: Read, bodies: object[]): void {
  const anywhere = fc.constantFrom(
    ...bodies.flatMap((body) => placesOf(body).map((place) => ({ body, place }))),
  );
  fc.assert(
    fc.property(anywhere, fc.constantFrom(...strangers), ({ body, place }, value) => {
      const known = placesOf(body);
      for (const { path } of read(bytesOf(replaced(body, place, value))).problems) {
        expect(path === "body" || isPlace(known, path), path).toBe(true);
      }
    }),
    cases(500),
  );
}

const strangers: unknown[] = [
  null,
  true,
  0,
  -1,
  2 ** 53,
  1e300,
  "",
  canary,
  `\u0000${canary}`,
  "\ud800",
  "constructor",
  "9".repeat(400),
  [],
  [canary],
  [null],
  {},
  { [canary]: canary },
  { length: 3 },
  [[[[]]]],
];

/** Every place in a body: `entry`, `entry.0`, `entry.0.id` … */
function placesOf(value: unknown, prefix = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const place = prefix === "" ? key : `${prefix}.${key}`;
    return [place, ...placesOf(part, place)];
  });
}

/** A path may leave out what is always there (`value`), and never names what is not. */
function isPlace(places: string[], path: string): boolean {
  const keys = path.split(".");
  return places.some((place) => {
    const found = place.split(".").reduce((next, part) => (part === keys[next] ? next + 1 : next), 0);
    return found === keys.length;
  });
}

function placeIn(body: object, place: string): unknown {
  return place
    .split(".")
    .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], body);
}

function replaced(body: object, place: string, value: unknown): object {
  const copy = structuredClone(body);
  const keys = place.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.length === 0 ? copy : placeIn(copy, keys.join("."));
  (parent as Record<string, unknown>)[last] = value;
  return copy;
}
