import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { administer, createTestDatabase, type TestDatabase } from "../../db/testing/test-database.ts";
import { runCommand } from "../testing/run-command.ts";

const prefix = `curbe_test_${randomBytes(4).toString("hex")}`;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(async () => {
  await database.drop();
  for (const part of ["web", "operator", "worker"]) {
    await administer(inject("adminUrl"), `drop role if exists ${prefix}_${part}`);
  }
});

const run = async (args: string[], databaseUrl = database.url) =>
  (await runCommand("operate/logins.ts", args, databaseUrl)).said;

test("the lines for the environments are printed once, and again only with new passwords", async () => {
  const first = await run(["--prefix", prefix]);
  expect(first).toMatchObject({ code: 0, err: "" });
  const lines = first.out.split("\n");
  const names = ["DATABASE_URL_WEB", "DATABASE_URL_OPERATOR", "DATABASE_URL_WORKER"];
  expect(lines.map((line) => line.split("=")[0])).toEqual(names);
  for (const line of lines) {
    const client = new pg.Client({ connectionString: line.slice(line.indexOf("=") + 1) });
    await client.connect();
    await client.end();
  }
  const second = await run(["--prefix", prefix]);
  expect(second.out.split("\n")).toEqual(
    names.map((name) => expect.stringMatching(`^# ${name}: ${prefix}_.* keeps its password`)),
  );
  const third = await run(["--prefix", prefix, "--rotate"]);
  expect(third.out.split("\n").map((line) => line.split("=")[0])).toEqual(names);
  expect(third.out.split("\n").filter((line) => lines.includes(line))).toEqual([]);
});

test("what cannot be done is one line without a password", async () => {
  for (const args of [["--prefix", "Robert'); drop"], ["--prefix", ""], ["--nonsense"], ["web"]]) {
    expect(await run(args)).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/^Usage: [^\n]*$/),
    });
  }
  const url = new URL(database.url);
  url.password = "canary-of-a-password";
  const refused = await run(["--prefix", prefix], url.href);
  expect(refused.err).toBe("The database refused the user or the password in DATABASE_URL.");
});
