/** What counts as unread and is announced, and what is no new message: from the delivery to the pages. */
import { beforeEach, describe, expect, test } from "vitest";
import { demoWorkspaces } from "../../../scripts/seed.ts";
import { arrivedSince } from "../../components/conversations/new-messages.tsx";
import { readThread, type Thread } from "../../inbox/conversations/thread.server.ts";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { storeEvents } from "../../inbox/ingest/store-events.server.ts";
import { deliver, inboxDeps } from "../../inbox/testing/test-workspaces.ts";
import type { MessageEvent } from "../../integrations/channel-events.server.ts";
import * as meta from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import {
  agentEcho,
  callEvent,
  handover,
  preference,
} from "../../integrations/meta/whatsapp/webhook/testing/sender-fixtures.ts";
import { messageReaders } from "../../integrations/registry.server.ts";
import { pageStage } from "../testing/page-stage.ts";

const { demo, sql, markup } = pageStage("webhook_deliveries", "messages", "conversations", "contacts");
const { luz } = demoWorkspaces;
const [first, later] = ["1749416383", "1749416483"];
let connectionId: string;

beforeEach(async () => {
  await sql("delete from number_claims");
  await sql("delete from channel_connections");
  const [line] = await sql<{ id: string }>(
    `with c as (insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id)
       values ($1, 'meta_whatsapp', 'active', '1', $2) returning *)
     insert into number_claims (provider, phone_number_id, tenant_id, connection_id, claimed_at)
     select provider, phone_number_id, tenant_id, id, '2020-01-01' from c returning connection_id as id`,
    [luz.id, meta.phoneNumberId],
  );
  connectionId = line?.id ?? "";
  await arrive({
    contacts: meta.people,
    messages: [meta.textMessage("wamid.FIRST", meta.waId, "at nine", first)],
  });
});

async function arrive(value: Record<string, unknown>, field = "messages"): Promise<void> {
  await takeIn(meta.bodyOf(value, meta.phoneNumberId, field));
}

async function takeIn(body: unknown): Promise<void> {
  const id = await deliver(demo.stage.database, body);
  expect(await processDeliveries(inboxDeps(demo.stage.database), [id])).toMatchObject({ quarantined: [] });
}

const conversationId = async () => (await sql<{ id: string }>("select id from conversations"))[0]?.id ?? "";

async function thread(opened = false): Promise<Thread> {
  const wish = { conversationId: await conversationId(), cursor: null, opened };
  const read = await readThread({ db: demo.stage.services.db, messageReaders }, luz.id, wish);
  if (!read || "movedTo" in read) throw new Error("no thread");
  return read;
}

/** After the first message was opened: what the list counts, and what an open page announces. */
async function newAfter(arrival: () => Promise<unknown>) {
  const before = await thread(true);
  await arrival();
  const after = await thread();
  const list = await markup("/conversations", demo.ana);
  return {
    unread: Number(/(\d+) unread/.exec(list)?.[1] ?? 0),
    announced: arrivedSince(before.messages.items, after.messages.items),
  };
}

const item = (type: string, content?: unknown) => ({
  ...meta.bare(type),
  timestamp: later,
  ...(content === undefined ? {} : { [type]: content }),
});
const messages = (...items: unknown[]) => arrive({ contacts: meta.people, messages: items });

describe("no new message", () => {
  test.each<[string, () => Promise<unknown>]>([
    ["a reaction", () => messages(item("reaction", { message_id: "wamid.FIRST", emoji: "👍" }))],
    [
      "a reaction to what never came",
      () => messages(item("reaction", { message_id: "wamid.NO", emoji: "👍" })),
    ],
    ["a reaction taken back", () => messages(item("reaction", { message_id: "wamid.NO" }))],
    [
      "an edit",
      () =>
        messages(
          item("edit", {
            original_message_id: "wamid.FIRST",
            message: { type: "text", text: { body: "at ten" } },
          }),
        ),
    ],
    [
      "an edit of what never came",
      () =>
        messages(
          item("edit", {
            original_message_id: "wamid.NO",
            message: { type: "text", text: { body: "at ten" } },
          }),
        ),
    ],
    ...["edit", "Reaction", "revoke", "pin", "unpin"].map((type): [string, () => Promise<unknown>] => [
      `what is told as unsupported: ${type}`,
      () => messages({ ...item("unsupported", { type }), errors: [{ code: 131051, title: "x" }] }),
    ]),
    ["a call", () => arrive({ calls: [callEvent("terminate", { timestamp: later })] }, "calls")],
    [
      "a handover",
      () => {
        const control = { previous_owner_role: "ai_agent", new_owner_role: "escalation" };
        return takeIn(meta.body(meta.entry(handover("control_passed", control, { timestamp: later }))));
      },
    ],
    [
      "what the customer wants to receive",
      () =>
        arrive({ user_preferences: [preference("stop", { timestamp: Number(later) })] }, "user_preferences"),
    ],
    [
      "what Meta’s assistant answers",
      () => arrive({ standby: { message_echoes: [agentEcho("wamid.AGENT", "yes", later)] } }, "standby"),
    ],
    [
      "a chat that is imported",
      () => {
        const past = { ...meta.textMessage("wamid.PAST", meta.waId, "of old", later), history_context: {} };
        const threads = [{ id: meta.waId, messages: [past] }];
        return arrive(
          { history: [{ metadata: { phase: 0, chunk_order: 1, progress: 9 }, threads }] },
          "history",
        );
      },
    ],
    ["a deletion", () => messages(item("revoke", { original_message_id: "wamid.FIRST" }))],
    ["a deletion of what never came", () => messages(item("revoke", { original_message_id: "wamid.NO" }))],
    ["a system line", () => messages(item("system", { type: "customer_identity_changed", body: "changed" }))],
    ["an opened chat", () => messages(item("request_welcome"))],
    ["a stand-in for an old file", () => messages(item("media_placeholder"))],
    ["a status of what never came", () => arrive({ statuses: [meta.status("wamid.OURS", "read", later)] })],
    [
      "what the business wrote on its phone",
      () =>
        arrive({ message_echoes: [meta.echo("wamid.ECHO", meta.waId, "yes", later)] }, "smb_message_echoes"),
    ],
    ["what a history brings", () => bring({ imported: true, countsUnread: false })],
    ["a repetition", () => messages(meta.textMessage("wamid.FIRST", meta.waId, "at nine", first))],
  ])("is %s", async (_what, arrival) => {
    expect(await newAfter(arrival)).toEqual({ unread: 0, announced: 0 });
  });
});

describe("a new message", () => {
  test.each<[string, () => Promise<unknown>, number]>([
    ["a text", () => messages(item("text", { body: "hello" })), 1],
    ["one of a kind that nobody knows", () => messages(item("hologram", {})), 1],
    ["one that WhatsApp keeps to itself", () => messages(item("unsupported", { type: "poll" })), 1],
    [
      "one while Meta’s assistant answers",
      () => arrive({ standby: { messages: [item("text", { body: "x" })] } }, "standby"),
      1,
    ],
    [
      "one that says what it is in no word",
      () => messages(item("unsupported", { type: { toString: 1 } })),
      1,
    ],
    [
      "one beside a reaction and a system line",
      () =>
        messages(
          item("system", { type: "customer_identity_changed", body: "x" }),
          item("text", { body: "hello" }),
          item("reaction", { message_id: "wamid.FIRST", emoji: "👍" }),
        ),
      1,
    ],
    [
      "what a history brought before it came itself",
      async () => {
        await bring({ imported: true, countsUnread: false });
        await bring({ imported: false, countsUnread: true });
      },
      1,
    ],
  ])("is %s", async (_what, arrival, amount) => {
    expect(await newAfter(arrival)).toEqual({ unread: amount, announced: amount });
  });

  test("of which the rest is unread still counts alone beside a reaction and a history", async () => {
    await messages(item("reaction", { message_id: "wamid.FIRST", emoji: "👍" }));
    await bring({ imported: true, countsUnread: false });
    expect(await markup("/conversations", demo.ana)).toMatch(/>1 unread</);
    await thread(true);
    expect(await markup("/conversations", demo.ana)).not.toContain("unread");
  });
});

/** An event as a channel's reader tells it, whatever it was read from. */
async function bring(how: Pick<MessageEvent, "imported" | "countsUnread">): Promise<void> {
  const event: MessageEvent = {
    kind: "message",
    path: "x",
    phoneNumberId: meta.phoneNumberId,
    direction: "inbound",
    providerMessageId: "wamid.HISTORY",
    type: "text",
    body: "of old",
    content: {},
    occurredAt: new Date(Number(later) * 1000),
    contact: { waId: meta.waId, userId: meta.userId, username: null, profileName: null },
    sentBy: null,
    isPlaceholder: false,
    ...how,
  };
  const routed = {
    deliveryId: "1",
    receivedAtUs: 0,
    provider: "meta_whatsapp",
    tenantId: luz.id,
    connectionId,
  };
  await demo.stage.database
    .as("app_ingest")
    .transaction()
    .execute((trx) => storeEvents(trx, [{ event, ...routed }]));
}
