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

test("keeps what a message's content is where it is no object, and what stood under a name of ours", async () => {
  const older = await createOlderDatabase(`${tenants}
    create table messages (id int, tenant_id uuid, status text, direction text, content jsonb);
    insert into messages select n, id, case n when 5 then 'queued' end, 'out', content::jsonb from tenants, (values
      (1, '["a", null]'), (2, '"Hola"'), (3, '7'), (4, 'null'), (5, '{"imported": {"x": null}, "y": 1}'), (6, null),
      (7, '{"imported": 1}')) c (n, content)
     where name = 'Panadería Luz';`);
  await older.adopt();
  expect(await older.sql("select body, content from messages order by id")).toEqual([
    { body: null, content: { imported: { content: ["a", null] } } },
    { body: "Hola", content: { imported: { content: "Hola" } } },
    { body: "7", content: { imported: { content: 7 } } },
    { body: null, content: {} },
    { body: null, content: { y: 1, imported: { imported: { x: null }, status: "queued" } } },
    { body: null, content: {} },
    { body: null, content: { imported: { imported: 1 } } },
  ]);
});
