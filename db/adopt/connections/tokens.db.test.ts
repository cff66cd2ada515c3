import { describe, expect, test } from "vitest";
import { CannotAdoptError } from "../problems/problems.ts";
import { olderDatabases } from "../testing/older-database.ts";
import { connection, connections, insertConnection, luz, tenants } from "../testing/older-schema.ts";

const createOlderDatabase = olderDatabases();
const plain = "EAAGplainTokenOfMeta0123456789";
const other = "another-plain-token";
const foreign = "bm9uY2Vub25jZQ==.Y2lwaGVydGV4dA==.dGFndGFndGFndGFn";

/** Every value of every row, for looking whether a secret is left anywhere. */
async function everything(older: { sql<Row>(text: string): Promise<Row[]> }): Promise<string> {
  const tables = await older.sql<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts = await Promise.all(
    tables.map(({ name }) => older.sql<{ row: string }>(`select t::text as row from ${name} t`)),
  );
  return texts
    .flat()
    .map(({ row }) => row)
    .join("\n");
}

describe("a token in plain text", () => {
  const schema = [
    tenants,
    connections(', access_token text not null, note text, "The token!" varchar(100), raw json'),
    insertConnection(1, {
      access_token: plain,
      note: `it is ${plain}.`,
      raw: `{"t": "${plain}"}`,
      metadata: `{"access_token": "${plain}", "deep": ["${plain}"], "color": "red"}`,
    }),
    insertConnection(2, { access_token: plain, status: "revoked" }),
    insertConnection(3, { access_token: "", '"The token!"': other }),
    insertConnection(4, { access_token: foreign }),
    insertConnection(5, { access_token: "", access_token_enc: plain }),
  ].join("\n");

  test("is sealed for its row and stands nowhere else any more", async () => {
    const older = await createOlderDatabase(schema);
    const report = await older.adopt({ tokenColumn: "The token!" });
    const rows = await older.sql("select * from channel_connections order by id");
    expect(rows).toMatchObject([
      {
        status: "active",
        access_token_enc: `sealed(${plain.length}) ${luz} ${connection(1)}`,
        access_token: null,
        note: "it is .",
        raw: { t: "" },
        metadata: { token_mark: `mark of ${plain.length}`, access_token: "", deep: [""], color: "red" },
      },
      { status: "revoked", access_token_enc: null, access_token: null, metadata: {} },
      {
        status: "active",
        access_token_enc: `sealed(${other.length}) ${luz} ${connection(3)}`,
        "The token!": null,
      },
      { status: "error", access_token: foreign, metadata: { error: { code: "token_unreadable" } } },
      { status: "active", access_token_enc: `sealed(${plain.length}) ${luz} ${connection(5)}` },
    ]);
    const left = await everything(older);
    expect(left).toContain(foreign);
    for (const secret of [plain, other]) {
      expect(left).not.toContain(secret);
      expect(report.join("\n")).not.toContain(secret);
    }
    expect(report).toContain("3 tokens in plain text were sealed.");
  });

  test("needs a key, and without one nothing is changed", async () => {
    const older = await createOlderDatabase(schema);
    const failed = await older.adopt({ seal: undefined }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CannotAdoptError);
    expect((failed as CannotAdoptError).problems).toMatchObject([
      {
        table: "channel_connections",
        column: "access_token",
        rows: 2,
        todo: expect.stringContaining("TOKEN_ENCRYPTION_KEY_BASE64"),
      },
    ]);
    expect(await older.sql("select access_token from channel_connections where note is not null")).toEqual([
      { access_token: plain },
    ]);
  });

  test("of a revoked row alone needs no key", async () => {
    const older = await createOlderDatabase(
      [
        tenants,
        connections(", access_token text"),
        insertConnection(1, { access_token: plain, status: "revoked" }),
      ].join("\n"),
    );
    await older.adopt({ seal: undefined });
    expect(await everything(older)).not.toContain(plain);
  });
});

describe("a token of an older encryption", () => {
  test("stays where it is, and the row asks to be reconnected", async () => {
    const older = await createOlderDatabase(
      [
        tenants,
        connections(", access_token text"),
        insertConnection(1, { access_token_enc: foreign }),
        insertConnection(2, { access_token_enc: foreign, access_token: plain }),
        insertConnection(3, { access_token_enc: foreign, status: "revoked" }),
        insertConnection(4, { access_token_enc: foreign, status: "error" }),
      ].join("\n"),
    );
    const report = await older.adopt();
    const unreadable = {
      status: "error",
      access_token_enc: foreign,
      metadata: { error: { code: "token_unreadable" } },
    };
    expect(await older.sql("select * from channel_connections order by id")).toMatchObject([
      { ...unreadable, access_token_enc_before_curbe: null },
      {
        status: "active",
        access_token_enc: expect.stringContaining("sealed"),
        access_token_enc_before_curbe: foreign,
      },
      { status: "revoked", access_token_enc: null, access_token_enc_before_curbe: null },
      unreadable,
    ]);
    expect(report.filter((line) => line.includes("older encryption"))).toHaveLength(2);
  });

  test("in bytes keeps its column under another name", async () => {
    const schema = connections().replace("access_token_enc text", "access_token_enc bytea");
    const older = await createOlderDatabase(
      [tenants, schema, insertConnection(1, { access_token_enc: "\\x00ff" })].join("\n"),
    );
    await older.adopt();
    expect(
      await older.sql(
        "select status, access_token_enc, access_token_enc_before_curbe as was, metadata->'error'->>'code' as code from channel_connections",
      ),
    ).toEqual([
      { status: "error", access_token_enc: null, was: Buffer.from([0, 255]), code: "token_unreadable" },
    ]);
  });
});

test("a token column that is not there stops the run", async () => {
  const older = await createOlderDatabase([tenants, connections()].join("\n"));
  await expect(older.adopt({ tokenColumn: "tocken" })).rejects.toThrow(
    "channel_connections.tocken: there is no such column",
  );
});

test("what still looks like a token of Meta's is said by column, and a value never", async () => {
  const older = await createOlderDatabase(
    [
      tenants,
      connections(", api_token text, tags text[]"),
      insertConnection(1, { api_token: plain, tags: `{a,${other}}` }),
      insertConnection(2, { metadata: `{"user": {"token": "${plain}"}}`, api_token: "none" }),
    ].join("\n"),
  );
  const left = async (more: { tokenColumn?: string }) =>
    (await older.adopt({ dryRun: true, ...more })).filter((line) => line.includes("still holds"));
  expect(await left({})).toEqual([
    expect.stringMatching(/^channel_connections\.metadata still holds .* \(1 row\)/),
    expect.stringMatching(/^channel_connections\.api_token still holds .* \(1 row\)/),
  ]);
  expect((await left({})).join()).not.toContain(plain);
  expect(await left({ tokenColumn: "api_token" })).toEqual([expect.stringContaining("metadata")]);
});
