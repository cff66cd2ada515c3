import { expect, test } from "vitest";
import { olderDatabases } from "./testing/older-database.ts";
import { connections, insertConnection, tenants } from "./testing/older-schema.ts";

const createOlderDatabase = olderDatabases();

test("keeps numbers of many digits in a connection's metadata, and any name", async () => {
  const metadata =
    '{"business_id": 102938475610293847, "rate": 1.10, "list": [9007199254740993], "__proto__": {"a": 1}}';
  const older = await createOlderDatabase(
    [
      ...[tenants, connections()],
      insertConnection(1, { status: "pending", metadata }),
      insertConnection(2, { status: "pending", metadata: "12345678901234567890" }),
    ].join("\n"),
  );
  await older.adopt();
  const [first, second] = await older.sql<{ text: string }>(
    "select metadata::text as text from channel_connections order by id",
  );
  expect(first?.text).toBe(
    (await older.sql<{ text: string }>("select $1::jsonb::text as text", [metadata]))[0]?.text,
  );
  expect(second?.text).toBe('{"former_metadata": 12345678901234567890}');
});
