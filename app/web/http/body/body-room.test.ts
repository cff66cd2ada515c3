import fc from "fast-check";
import { expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import { createBodyRoom } from "./body-room.server.ts";

const kilobytes = (n: number) => n * 1024;

test("the oldest of those that are not small makes room, and each is told once", () => {
  const told: string[] = [];
  const room = createBodyRoom(kilobytes(100));
  const [small, slow, later, newest] = ["small", "slow", "later", "newest"].map((name) =>
    room.enter(() => told.push(name)),
  );
  small?.take(kilobytes(10));
  slow?.take(kilobytes(40));
  later?.take(kilobytes(40));
  expect(told).toEqual([]);
  newest?.take(kilobytes(40));
  expect(told).toEqual(["slow"]);
  slow?.take(kilobytes(1_000));
  slow?.leave();
  expect(told).toEqual(["slow"]);
  newest?.take(kilobytes(40));
  expect(told).toEqual(["slow", "later"]);
});

test("of nothing but small ones the oldest go, and one that is too large for the room goes itself", () => {
  const told: number[] = [];
  const room = createBodyRoom(kilobytes(100));
  for (let n = 0; n < 15; n++) room.enter(() => told.push(n)).take(kilobytes(10));
  expect(told).toEqual([0, 1, 2, 3, 4]);
  room.enter(() => told.push(99)).take(kilobytes(101));
  expect(told.at(-1)).toBe(99);
});

test("whatever comes and goes, no more is held than there is room, and what has left holds nothing", () => {
  const step = fc.record({ who: fc.nat(20), bytes: fc.nat(40_000), leaves: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const room = createBodyRoom(100_000);
      const held = new Map<number, { bytes: number; place: ReturnType<typeof room.enter> }>();
      for (const { who, bytes, leaves } of steps) {
        const body = held.get(who) ?? { bytes: 0, place: room.enter(() => held.delete(who)) };
        held.set(who, body);
        body.bytes += bytes;
        body.place.take(bytes);
        if (leaves) body.place.leave();
        if (leaves) held.delete(who);
        expect([...held.values()].reduce((sum, one) => sum + one.bytes, 0)).toBeLessThanOrEqual(100_000);
      }
      for (const { place } of held.values()) place.leave();
      let refused = false;
      room.enter(() => (refused = true)).take(100_000);
      expect(refused).toBe(false);
    }),
    cases(100),
  );
});
