/** The command itself, as a process of its own, on databases that nothing of ours has ever touched. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterEach, expect, inject, test } from "vitest";
import { connections, insertConnection, tenants } from "../db/adopt/testing/older-schema.ts";
import { administer, withDatabase } from "../db/testing/test-database.ts";
import { readArguments } from "./migrate.ts";

const command = fileURLToPath(new URL("migrate.ts", import.meta.url));
const key = randomBytes(32).toString("base64");
const name = `curbe_migrate_${process.pid}_${randomBytes(4).toString("hex")}`;
const url = () => withDatabase(inject("adminUrl"), name);

afterEach(() => administer(inject("adminUrl"), `drop database if exists ${name} with (force)`));

interface Ending {
  code: number;
  out: string;
  error: string;
}

function run(args: string[], env: Record<string, string> = {}): Promise<Ending> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const bare = { NODE_ENV: "test" as const, PATH, NODE_COMPILE_CACHE, DATABASE_URL: url(), ...env };
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { env: bare }, (error, out, said) => {
      resolve({ code: error ? Number(error.code) : 0, out, error: said });
    });
  });
}

async function query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url() });
  await client.connect();
  return client
    .query<Row>(text)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

const token = "tok-plain-1";
const older = [
  tenants,
  connections(", credential text"),
  insertConnection(1, { credential: token }),
  "create table users (id int);",
].join("\n");

test("says what it would do, does it once with a key, and then nothing any more", async () => {
  await administer(inject("adminUrl"), `create database ${name}`);
  await administer(url(), older);
  const named = ["--token-column", "credential"];

  const refused = await run(named);
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.error).toContain("channel_connections.credential, 1 row: there is a token in plain text");

  const dry = await run([...named, "--dry-run"], { TOKEN_ENCRYPTION_KEY_BASE64: key });
  expect(dry.out).toContain("Nothing was changed: this is what the run would do.\nWould apply");
  expect(await query("select credential from channel_connections")).toEqual([{ credential: token }]);

  const done = await run(named, { TOKEN_ENCRYPTION_KEY_BASE64: key });
  expect(done).toMatchObject({ code: 0, error: "" });
  expect(done.out).toContain(
    "Taken over: tenants 2, channel_connections 1.\n1 token in plain text was sealed.",
  );
  expect(done.out).toContain("The table users is users_before_curbe now.");
  for (const said of [refused.error, dry.out, done.out]) {
    expect(said).not.toContain(token);
    expect(said).not.toContain("+52551234567");
  }
  const [row] = await query<{ sealed: string; credential: null }>(
    "select access_token_enc as sealed, credential from channel_connections",
  );
  expect(row).toEqual({ sealed: expect.stringMatching(/^v1\./), credential: null });
  expect((await run(named, { TOKEN_ENCRYPTION_KEY_BASE64: key })).out).toBe("Nothing to apply.\n");
});

test("takes no other arguments than it knows", () => {
  expect(readArguments(["--dry-run"])).toEqual({ dryRun: true, tokenColumn: undefined });
  for (const args of [["--token-column"], ["--token-column", ""], ["--dry"], ["now"]])
    expect(() => readArguments(args)).toThrow("Usage: npm run db:migrate");
});
