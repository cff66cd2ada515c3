/** Conversations, the pages of the platform's staff, and what Meta asks. */

import type { Tenant } from "../tenant/tenant.ts";
import { type Ask, asking, type Parked, posting, type Row, within } from "./asks.ts";

export function inbox({ ids, cursors, marks }: Tenant, own: Tenant, everyId: string[]): Record<string, Row> {
  const search = [marks.text, marks.name, ...ids.phone, `Persona ${marks.text}`, "Persona"];
  return {
    conversations: {
      audience: "member",
      loader: [
        { path: "/conversations" },
        ...asking("/conversations", "after", [...cursors.conversations, ...everyId]),
        ...asking("/conversations", "q", search),
        ...asking(`/conversations?q=Persona`, "after", cursors.conversations),
      ],
      shows: true,
    },
    "conversations_.$id": {
      audience: "member",
      loader: [
        ...within("/conversations", [...ids.conversation, ...everyId]),
        ...ids.conversation.map((id) => ({ path: `/conversations/${id}`, headers: { purpose: "prefetch" } })),
        ...asking(`/conversations/${own.ids.conversation[0]}`, "before", [...cursors.messages, ...everyId]),
        ...asking(`/conversations/${ids.conversation[0]}`, "before", cursors.messages),
      ],
      shows: true,
    },
    events: {
      audience: "member",
      loader: [{ path: "/events?check" }, { path: "/events", endless: true }],
      action: [{ path: "/events", fields: {} }],
    },
  };
}

export function operations({ ids }: Tenant, parked: Parked, everyId: string[]): Record<string, Row> {
  const folder = "/operations";
  const listed = (path: string): Ask[] => [
    { path },
    ...asking(path, "before", [...parked.items, ...everyId]),
    ...asking(path, "after", parked.items),
    ...asking(path, "number", [...parked.numbers, ...ids.phoneNumberId]),
    ...asking(path, "reason", ["failed", "unknown_number"]),
  ];
  return {
    operations: { audience: "staff", loader: [{ path: folder }, ...asking(folder, "before", everyId)] },
    "operations_.jobs": { audience: "staff", loader: [{ path: `${folder}/jobs` }] },
    "operations_.numbers": { audience: "staff", loader: [{ path: `${folder}/numbers` }] },
    "operations_.deliveries": {
      audience: "staff",
      loader: [
        { path: `${folder}/deliveries` },
        ...asking(`${folder}/deliveries`, "before", [...parked.deliveries, ...everyId]),
        ...asking(`${folder}/deliveries?outcome=failed`, "provider", ["whatsapp"]),
      ],
    },
    "operations_.deliveries_.$id": {
      audience: "staff",
      loader: within(`${folder}/deliveries`, [...parked.deliveries, ...everyId]),
      action: [...parked.deliveries, ...everyId].map((id) => ({
        path: `${folder}/deliveries/${id}`,
        fields: {},
      })),
    },
    "operations_.quarantine": { audience: "staff", loader: listed(`${folder}/quarantine`) },
    "operations_.quarantine_.$id": {
      audience: "staff",
      loader: within(`${folder}/quarantine`, [...parked.items, ...everyId]),
    },
    "operations_.quarantine_.replay": {
      audience: "staff",
      loader: listed(`${folder}/quarantine/replay`),
      action: [
        ...posting(`${folder}/quarantine/replay`, "item", [...parked.items, ...everyId]),
        ...posting(`${folder}/quarantine/replay`, "number", parked.numbers, { all: "yes", reason: "failed" }),
        {
          path: `${folder}/quarantine/replay`,
          fields: { item: parked.items[0] ?? "", from: "item", after: "1" },
        },
      ],
    },
  };
}

export function fromMeta({ ids }: Tenant, parked: Parked, everyId: string[]): Record<string, Row> {
  const forged = {
    signed_request: `${"A".repeat(43)}.${Buffer.from('{"user_id":"1"}').toString("base64url")}`,
  };
  return {
    "data-deletion.$code": {
      audience: "public",
      loader: within("/data-deletion", [parked.deletionCode, ...everyId, ...ids.nonce]),
    },
    "webhooks.meta.$channel": {
      audience: "public",
      loader: [{ path: "/webhooks/meta/whatsapp?hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1" }],
      action: ids.phoneNumberId.slice(0, 2).map((id) => ({
        path: "/webhooks/meta/whatsapp",
        json: {
          object: "whatsapp_business_account",
          entry: [{ id: ids.waba[0], changes: [{ value: { metadata: { phone_number_id: id } } }] }],
        },
      })),
    },
    "webhooks.meta.data-deletion": {
      audience: "public",
      loader: [{ path: "/webhooks/meta/data-deletion" }],
      action: [{ path: "/webhooks/meta/data-deletion", fields: forged }],
    },
    "webhooks.meta.deauthorize": {
      audience: "public",
      loader: [{ path: "/webhooks/meta/deauthorize" }],
      action: [{ path: "/webhooks/meta/deauthorize", fields: forged }],
    },
  };
}
