import { about, item, type Kind, type KindInput, type Kinds, message } from "./kind.ts";

/** A group that exists on the number, unless another is named. */
export const DEFAULT_GROUP_ID = "Y2FwaV9ncm91cDpzYW5kYm94";

const groupOf = ({ groupId }: KindInput) => groupId ?? DEFAULT_GROUP_ID;

function step(label: string, status: string): Kind {
  return item(label, "messages", (input) => ({
    statuses: [
      {
        id: about(input, "outbound"),
        status,
        timestamp: String(input.timestamp),
        recipient_id: groupOf(input),
        recipient_type: "group",
        recipient_participant_id: input.sender.phone,
        ...input.extra,
      },
    ],
  }));
}

/** What a field `group_…_update` tells of the group. */
function update(label: string, type: string, told: (input: KindInput) => object): Kind {
  const field = type === "group_create" ? "group_lifecycle_update" : type;
  return item(label, field, (input) => ({
    groups: [
      {
        timestamp: String(input.timestamp),
        group_id: groupOf(input),
        type,
        ...told(input),
        ...input.extra,
      },
    ],
  }));
}

export const GROUPS = {
  group_message: message("Message in a group", (input) => ({
    type: "text",
    text: { body: input.text ?? "¿Quién trae el pan?" },
    group_id: groupOf(input),
  })),
  group_delivered: step("Delivered to one of a group", "delivered"),
  group_read: step("Read by one of a group", "read"),
  group_created: update("Group created, with its name", "group_create", ({ text }) => ({
    subject: text ?? "Padres 3B",
    invite_link: "https://chat.example/sandbox",
    join_approval_mode: "auto_approve",
  })),
  group_name: update("Group renamed", "group_settings_update", ({ text }) => ({
    group_subject: { text: text ?? "Padres 4B", update_successful: true },
  })),
  group_participants: update("Somebody joined a group", "group_participants_update", ({ sender }) => ({
    added_participants: [{ wa_id: sender.phone }],
    reason: "invite_link",
  })),
} satisfies Kinds;
