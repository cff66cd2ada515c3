import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { processDeliveries } from "../../app/inbox/ingest/ingest.server.ts";
import { connectWorkspace, deliverAll, inboxDeps } from "../../app/inbox/testing/test-workspaces.ts";
import * as whatsapp from "../../app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { createTestDatabase, type TestDatabase } from "../../db/testing/test-database.ts";
import { runCommand } from "../testing/run-command.ts";
import { carryOut, readArguments } from "./quarantine.ts";

let database: TestDatabase;
let deps: ReturnType<typeof inboxDeps>;
const unknown = "999000111222333";
const secretive = { ...whatsapp.textMessage("wamid.1", "34600111222", "Secreto 4711") };
const parked = whatsapp.bodyOf({ contacts: whatsapp.people, messages: [secretive] }, unknown);

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  deps = inboxDeps(database);
  await connectWorkspace(database, whatsapp.phoneNumberId);
  const unreadable = whatsapp.bodyOf({ messages: [whatsapp.textMessage("")] });
  const odd = whatsapp.bodyOf({ messages: [whatsapp.textMessage("wamid.2")] }, "888000111222333");
  const ids = await deliverAll(database, [parked, unreadable, odd]);
  for (const id of ids) await processDeliveries(deps, [id]);
  await database.sql("update delivery_quarantine set phone_number_id = $1 where id = 3", ["12\u001b[2J\nx"]);
});
afterAll(() => database.drop());

async function run(args: string[], databaseUrl = database.url) {
  const { said, bytes } = await runCommand("operate/quarantine.ts", args, databaseUrl);
  return { ...said, out: bytes };
}

const said = async (...args: string[]) => String(await carryOut(deps.db, readArguments(args)));

describe("npm run quarantine", () => {
  test("sums up by reason and by number", async () => {
    const lines = (await said("summary")).split("\n");
    expect(lines).toHaveLength(8);
    expect(lines[1]).toMatch(/^unknown_number +2 +2 +2026-01-01T00:00:00Z \(\d+ days ago\)$/);
    expect(lines[2]).toMatch(/^unreadable +1 +1 /);
    expect(lines).toContainEqual(expect.stringMatching(/^999000111222333 +1$/));
  });

  test("lists the newest first, narrowed by reason, number and limit, in lines that cannot move the cursor", async () => {
    const all = await said("list");
    expect(all.split("\n").map((line) => line.split(" ")[0])).toEqual(["ID", "3", "2", "1"]);
    expect(all).toContain("12 [2J x");
    expect(all).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect((await said("list", "--reason", "unreadable")).split("\n")).toHaveLength(2);
    expect((await said("list", "--number", unknown)).split("\n")[1]).toContain(
      "entry.0.changes.0.messages.0",
    );
    expect(await said("list", "--limit", "1")).toContain("the newest 1; there may be more");
    expect(await said("list", "--reason", "conflict")).toBe("No such item is in quarantine.");
  });

  test("shows an item and its delivery, and nothing that was said or who said it", async () => {
    const shown = await said("show", "1");
    for (const fact of [/reason +unknown_number/, /request id +request-1/, /replayed +no/, /size +\d+ bytes/])
      expect(shown).toMatch(fact);
    for (const text of [shown, await said("list"), await said("summary")])
      expect(text).not.toMatch(/Secreto|34600111222|Ana/);
  });

  test("with --body prints the delivery's bytes and nothing else", async () => {
    expect(await run(["show", "1", "--body"])).toEqual({
      code: 0,
      out: Buffer.from(whatsapp.bytes(parked)),
      err: "",
    });
  });

  test("replays by id, number or reason and says how many", async () => {
    const { code, out } = await run(["replay", "1", "2"]);
    expect([code, out.toString()]).toEqual([
      0,
      expect.stringMatching(/^Items: 2\. Deliveries opened again: 2\./),
    ]);
    expect(await said("show", "1")).toMatch(/state +open: waits for a worker, opened again 20/);
    expect(await said("replay", "--number", unknown)).toMatch(/^Items: 1\. Deliveries opened again: 0\./);
    expect(await said("replay", "--reason", "conflict")).toMatch(/^Nothing to replay/);
    await processDeliveries(deps, ["1", "2"]);
    expect((await said("list")).split("\n")).toHaveLength(4);
  });

  test("replays nothing when one of the ids is unknown", async () => {
    expect(await run(["replay", "3", "77"])).toMatchObject({
      code: 1,
      err: "Nothing was replayed: there is no item 77.",
    });
    expect(await said("show", "3")).toMatch(/state +quarantined$/);
    expect(await run(["show", "77"])).toMatchObject({ code: 1, err: "There is no item 77." });
  });

  test.each([
    [[]],
    [["list", "--reason", "odd"]],
    [["list", "--limit", "0"]],
    [["list", "3"]],
    [["show"]],
    [["show", "x"]],
    [["show", "1", "2"]],
    [["summary", "--body"]],
    [["replay"]],
    [["replay", "1", "--reason", "failed"]],
    [["drop", "1"]],
    [["list", "--everything"]],
  ])("shows its usage for %j", (args) => {
    expect(() => readArguments(args)).toThrow(/\n\nUsage: npm run -s quarantine/);
  });

  test("exits with 2 on a wrong call, 0 on --help, 1 when the database is away", async () => {
    expect(await run(["drop"])).toMatchObject({ code: 2, err: expect.stringContaining("Usage:") });
    const help = await run(["--help"], "");
    expect([help.code, help.out.toString()]).toEqual([0, expect.stringMatching(/^Usage:/)]);
    const away = await run(["summary"], "postgres://a:CANARY@127.0.0.1:1/x");
    expect(away).toMatchObject({ code: 1, err: "The database at DATABASE_URL cannot be reached." });
  });
});
