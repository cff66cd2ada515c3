import { expect, inject, test } from "vitest";
import { createTestDatabase } from "../../testing/test-database.ts";
import { eventKinds, isEventKind } from "./event-kinds.ts";

test("the table takes the kinds that there are, and no other", async () => {
  const database = await createTestDatabase(inject("adminUrl"), inject("template"));
  try {
    const [found] = await database.sql<{ check: string }>(
      `select pg_get_constraintdef(oid) as check from pg_constraint where conname = 'connection_events_kind_check'`,
    );
    const kinds = [...(found?.check ?? "").matchAll(/'(\w+)'/g)].map(([, kind]) => kind);
    expect(kinds.sort()).toEqual([...eventKinds].sort());
  } finally {
    await database.drop();
  }
  expect([...eventKinds, "a kind of the future", "constructor"].filter(isEventKind)).toEqual([...eventKinds]);
});
