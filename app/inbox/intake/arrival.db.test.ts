/** Meta tells the second of a message: what comes in one second is read as it arrived, whoever stored it first. */
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import type { Db } from "#db/client.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { messageReaders } from "../../integrations/registry.server.ts";
import { listConversations } from "../conversations/conversations.server.ts";
import { readThread } from "../conversations/thread.server.ts";
import { processDeliveries } from "../ingest/ingest.server.ts";
import { connectWorkspace, deliverAll, inboxDeps, type Workspace } from "../testing/test-workspaces.ts";

let database: TestDatabase;
let web: Db;
let luz: Workspace;

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  web = database.as("app_web");
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty("tenants", "webhook_deliveries");
  luz = await connectWorkspace(database, meta.phoneNumberId);
});

const said = (...items: { id: string; text: string; second?: number }[]) =>
  meta.bodyOf({
    messages: items.map(({ id, text, second = 0 }) =>
      meta.textMessage(`wamid.${id}`, meta.waId, text, String(1_749_416_900 + second)),
    ),
  });

const conversations = async () =>
  (await listConversations({ db: web, messageReaders }, luz.tenantId, { cursor: null, search: "" })).items;

async function threadBefore(cursor: string | null) {
  const conversationId = (await conversations())[0]?.id ?? "";
  const thread = await readThread({ db: web, messageReaders }, luz.tenantId, {
    conversationId,
    cursor,
    opened: false,
  });
  if (!thread || "movedTo" in thread) throw new Error("no such thread");
  return thread.messages;
}

const texts = (items: { text: string | null }[]) => items.map(({ text }) => text);

test("in one delivery, and in several that were taken up in another order", async () => {
  const ids = await deliverAll(database, [
    said({ id: "Z", text: "one" }, { id: "A", text: "two" }, { id: "M", text: "three" }),
    said({ id: "K", text: "four" }),
    said({ id: "B", text: "five" }, { id: "C", text: "before all", second: -1 }),
  ]);
  for (const id of [ids[2], ids[0], ids[1]]) await processDeliveries(inboxDeps(database), [id ?? ""]);
  expect(texts((await threadBefore(null)).items)).toEqual([
    "before all",
    "one",
    "two",
    "three",
    "four",
    "five",
  ]);
  expect((await conversations())[0]?.preview).toMatchObject({ text: "five" });
});

test("page by page through a second that is longer than a page", async () => {
  const words = Array.from({ length: 130 }, (_, n) => `n${n}`);
  // An id that has nothing to do with the order.
  const item = (text: string) => ({
    id: Buffer.from(text).toString("hex").split("").reverse().join(""),
    text,
  });
  await processDeliveries(
    inboxDeps(database),
    await deliverAll(database, [
      said(...words.slice(0, 90).map(item)),
      ...words.slice(90).map((word) => said(item(word))),
    ]),
  );
  const pages: (string | null)[][] = [];
  let cursor: string | null = null;
  do {
    const page = await threadBefore(cursor);
    pages.unshift(texts(page.items));
    cursor = page.older;
  } while (cursor);
  expect(pages.map(({ length }) => length)).toEqual([30, 50, 50]);
  expect(pages.flat()).toEqual(words);
});
