import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import type { OutboundStatus } from "../../integrations/channel-events.server.ts";
import { foldEvents, type MessageItem } from "./message-folding.server.ts";

const person = { waId: "34600", userId: null, username: null, profileName: null };
const place = {
  provider: "meta_whatsapp",
  tenantId: "t",
  connectionId: "c",
  receivedAtUs: 1,
  deliveryId: "1",
};
const about = { path: "entry.0", phoneNumberId: "1", providerMessageId: "wamid.1" };

function status(name: OutboundStatus, at: number, more: Partial<MessageItem> = {}, code = 1): MessageItem {
  const error = name === "failed" ? { code } : null;
  const detail = { pricing: { category: `category ${code % 3}` } };
  return {
    ...place,
    ...more,
    event: {
      kind: "status",
      ...about,
      status: name,
      occurredAt: new Date(at),
      recipient: person,
      error,
      detail,
    },
  };
}

function echo(
  at: number,
  more: Partial<MessageItem> = {},
  imported = false,
  isPlaceholder = false,
): MessageItem {
  const content = { id: "wamid.1", imported, isPlaceholder };
  const message = { direction: "outbound", type: "text", body: "x", content, contact: person } as const;
  const how = { sentBy: "business_app", countsUnread: false, imported, isPlaceholder } as const;
  return {
    ...place,
    ...more,
    event: { kind: "message", ...about, ...message, ...how, occurredAt: new Date(at) },
  };
}

/** The same echo from somebody who knows less of who sent it, and more of what it is about. */
function echoOfAgent(at: number, more: Partial<MessageItem>): MessageItem {
  const item = echo(at, more);
  const content = { id: "wamid.1", imported: false, isPlaceholder: false, summary: "bread" };
  return { ...item, event: { ...item.event, sentBy: "agent", content } as MessageItem["event"] };
}

const anything = fc.array(
  fc.tuple(
    fc.constantFrom(
      "echo",
      "agent",
      "copy",
      "placeholder",
      "sent",
      "failed",
      "delivered",
      "read",
      "played" as const,
    ),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 1, max: 12 }),
  ),
  { minLength: 1, maxLength: 8 },
);

describe("several events about one message", () => {
  test("end in the same row in any order", () => {
    fc.assert(
      fc.property(anything, fc.infiniteStream(fc.nat()), (kinds, keys) => {
        const events = kinds.map(([kind, at, n]) => {
          const more = { deliveryId: String(n), receivedAtUs: n };
          // One message has one time, whoever delivers it again.
          if (kind === "agent") return echoOfAgent(7, more);
          if (kind === "placeholder") return echo(7, more, true, true);
          if (kind === "echo" || kind === "copy") return echo(7, more, kind === "copy");
          return status(kind as OutboundStatus, at, more, n);
        });
        const order = events
          .map((event) => ({ event, key: keys.next().value }))
          .sort((a, b) => a.key - b.key);
        const rows = [events, order.map(({ event }) => event)].map(
          (some) => foldEvents(some, []).drafts[0]?.row,
        );
        expect(rows[1]).toEqual(rows[0]);
        // A step that claims to be older than its message does not move the message.
        if (kinds.some(([kind]) => ["echo", "copy", "placeholder"].includes(kind)))
          expect(rows[0]?.occurredAt).toEqual(new Date(7));
      }),
      cases(100),
    );
  });

  const rowOf = (events: MessageItem[]) => foldEvents(events, []).drafts[0]?.row;

  test("end in the same row in all orders of a message and its five steps, whichever are told twice", () => {
    const six = [
      echo(7),
      ...(["sent", "delivered", "read", "played", "failed"] as const).map((step, n) =>
        status(step, 20 - n, {}, n),
      ),
    ];
    const expected = rowOf(six);
    expect(Object.keys(expected?.statusDetail ?? {})).toHaveLength(5);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(six, { minLength: six.length }),
        fc.array(fc.tuple(fc.nat(5), fc.nat(11)), { maxLength: 6 }),
        (order, again) => {
          const events = again.reduce(
            (said, [n, place]) => said.toSpliced(place, 0, six[n] ?? echo(7)),
            order,
          );
          expect(rowOf(events)).toEqual(expected);
        },
      ),
      cases(500),
    );
  });

  test("of two workspaces are the first one's", () => {
    const { drafts, refused } = foldEvents([echo(1), echo(1, { tenantId: "other" })], []);
    expect([drafts.length, refused.map(({ reason }) => reason)]).toEqual([1, ["conflict"]]);
  });

  test("that name nobody need a message that is known, or named by another event", () => {
    const nobody = status("read", 1);
    if (nobody.event.kind === "status") nobody.event.recipient = null;
    expect(foldEvents([nobody], []).refused).toMatchObject([{ reason: "unreadable" }]);
    expect(foldEvents([nobody, echo(1)], []).refused).toEqual([]);
    const known = {
      providerMessageId: "wamid.1",
      tenantId: "t",
      conversationId: "1",
      direction: "outbound",
    } as const;
    expect(foldEvents([nobody], [{ ...known, completeness: 3 }]).refused).toEqual([]);
    expect(foldEvents([nobody], [{ ...known, completeness: 3, direction: "inbound" }]).refused).toMatchObject(
      [{ reason: "conflict" }],
    );
  });
});
