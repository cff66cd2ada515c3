import { expect, test } from "vitest";
import type { CannotAdoptError } from "../problems/problems.ts";
import { olderDatabases } from "../testing/older-database.ts";
import { connection, connections, insertConnection, tenants } from "../testing/older-schema.ts";

const createOlderDatabase = olderDatabases();

test("keeps numbers of many digits in a connection's metadata, and any name", async () => {
  const metadata =
    '{"business_id": 102938475610293847, "rate": 1.10, "list": [9007199254740993], "__proto__": {"a": 1}}';
  const older = await createOlderDatabase(
    [
      tenants,
      connections(),
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

test("takes a token without the line ends and blanks around it, wherever it stands", async () => {
  const token = "EAAGplainTokenOfMeta0123456789";
  const older = await createOlderDatabase(
    [
      tenants,
      connections(", access_token text, note text"),
      insertConnection(1, { access_token: `${token}\r\n`, note: `it is ${token}!` }),
      insertConnection(2, {
        metadata: JSON.stringify({ access_token: `\t${token}\n`, copy: token }),
        note: token,
      }),
      insertConnection(3, { access_token_enc: `${token}\n` }),
      insertConnection(4, { access_token: " \n" }),
    ].join("\n"),
  );
  await older.adopt();
  const rows = await older.sql(
    "select status, access_token_enc as sealed, access_token, note, metadata from channel_connections order by id",
  );
  const sealed = expect.stringContaining(`sealed(${token.length}) `);
  expect(rows).toMatchObject([
    { status: "active", sealed, access_token: null, note: "it is !" },
    { status: "active", sealed, note: "", metadata: { copy: "" } },
    { status: "active", sealed },
    { status: "error", sealed: null },
  ]);
  expect(JSON.stringify(rows)).not.toContain(token);
});

test("takes a time that never comes as none, and stops at one that nobody can write", async () => {
  const columns = "id uuid, tenant_id uuid, token_expires_at timestamptz, created_at float8, updated_at text";
  const older = await createOlderDatabase(`${tenants}
    create table channel_connections (${columns});
    insert into channel_connections select '${connection(1)}', id, 'infinity', 'NaN', '-infinity' from tenants limit 1;
    insert into channel_connections select '${connection(2)}', id, '12345-01-01', 1e300, '4713-01-01 BC' from tenants limit 1;`);
  const problems = await older.adopt().catch((error: CannotAdoptError) => error.problems);
  expect(problems).toMatchObject([
    { column: "token_expires_at", rows: 1 },
    { column: "created_at", rows: 2 },
    { column: "updated_at", rows: 1 },
  ]);
  await older.sql(
    `delete from channel_connections where id = '${connection(2)}'; update channel_connections set created_at = 1735689600`,
  );
  await older.adopt();
  const at = new Date("2025-01-01Z");
  expect(await older.sql("select token_expires_at, created_at, updated_at from channel_connections")).toEqual(
    [{ token_expires_at: null, created_at: at, updated_at: at }],
  );
});
