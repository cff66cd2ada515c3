/** Groups: whose a message is, who of it said it, and what it is called. */
import { describe, expect, test } from "vitest";
import * as meta from "./testing/fixtures.ts";
import { messagesOf, readField } from "./testing/read-field.ts";

describe("a group", () => {
  const group = "HBgLMTIwMzYzMDI1";
  const ofGroup = { waId: null, userId: null, groupId: group };
  const heard = (item: Record<string, unknown>) => messagesOf(readField("messages", { messages: [item] }))[0];

  test("is whose a message is, and whoever said it is its sender", () => {
    const message = heard({ ...meta.textMessage("wamid.A"), group_id: group });
    expect(message).toMatchObject({ contact: ofGroup, sender: { waId: meta.waId } });
    expect(heard(meta.textMessage("wamid.A"))).not.toHaveProperty("sender");
  });

  test.each([
    ["by its recipient", { recipient_type: "group", to: group }],
    ["by its id", { group_id: group, to: group }],
  ])("is whose an echo is, and nobody of it is its sender: %s", (_, more) => {
    const { events } = readField("message_echoes", {
      message_echoes: [{ ...meta.echo("wamid.A"), ...more }],
    });
    expect(events).toMatchObject([{ direction: "outbound", contact: ofGroup, sentBy: "other_app" }]);
    expect(events[0]).not.toHaveProperty("sender");
  });

  test.each([
    [{ recipient_type: "group", recipient_id: group, recipient_participant_id: "34600" }, "34600"],
    [{ recipient_id: group, group_id: group, participant_recipient_id: "34600" }, "34600"],
    [{ recipient_type: "group", recipient_id: group, recipient_participant_user_id: "ES.1" }, "ES.1"],
    [{ recipient_type: "group", recipient_id: group }, null],
  ])("is the recipient of a step, which may say who of it has come so far: %j", (more, participant) => {
    const step = meta.status("wamid.A", "read", meta.sentAt, more);
    expect(readField("messages", { statuses: [step] }).events).toMatchObject([
      { kind: "status", recipient: ofGroup, participant },
    ]);
  });

  test.each([
    [{ subject: "Padres" }, "Padres"],
    [{ group_subject: { text: "Padres", update_successful: true } }, "Padres"],
    [{ group_subject: { text: "Padres", update_successful: false } }, null],
    [{ subject: "Padres", errors: [{ code: 131000 }] }, null],
    [{ subject: "\u200b" }, null],
    [{}, null],
  ])("is called as an update of it says, if that came about: %j", (more, name) => {
    const groups = [{ group_id: group, timestamp: meta.sentAt, ...more }];
    const { events, problems } = readField("group_settings_update", { groups });
    expect([events, problems]).toMatchObject([
      name ? [{ kind: "person", contact: { ...ofGroup, profileName: name } }] : [],
      [],
    ]);
    expect(events).toHaveLength(name ? 1 : 0);
  });
});
