/**
 * Groups: a conversation of its own, named by an opaque id. Messages in one carry `group_id` beside the usual `from`;
 * steps of what was sent to one say `recipient_type: "group"`, with the group as `recipient_id` and, where Meta tells it,
 * who of it has come so far. What a group is called stands in the fields `group_*_update` alone.
 */
import { z } from "zod";
import type { ContactIdentity, PersonEvent } from "../../../channel-events.server.ts";
import { opaqueId, optionalId, unixSeconds } from "./fields.server.ts";
import { own } from "./json.server.ts";
import { nameOf } from "./people.server.ts";

const optionalIdOrNull = optionalId.catch(null);

/** The group that a message stands in; undefined for a message between two. */
export function groupOfMessage(item: unknown): ContactIdentity | undefined {
  const toGroup = own(item, "recipient_type") === "group" ? own(item, "to") : undefined;
  return group(optionalIdOrNull.parse(own(item, "group_id") ?? toGroup));
}

/** A group is named in a way that we cannot read: between two it does not belong. */
export function isOfUnreadableGroup(item: unknown): boolean {
  return !optionalId.safeParse(own(item, "group_id")).success;
}

/** The group that a step was told of, and who of it, under whatever name Meta gives them. */
export function groupOfStatus(item: unknown) {
  const id = optionalIdOrNull.parse(own(item, "group_id") ?? own(item, "recipient_id"));
  const isOfGroup = own(item, "recipient_type") === "group" || own(item, "group_id") !== undefined;
  if (!isOfGroup) return undefined;
  const names = ["recipient_participant_id", "recipient_participant_user_id", "participant_recipient_id"];
  const participant = names.map((name) => optionalIdOrNull.parse(own(item, name))).find(Boolean) ?? null;
  return { group: group(id) ?? null, participant };
}

function group(groupId: string | null, subject: string | null = null): ContactIdentity | undefined {
  if (groupId === null) return undefined;
  return { waId: null, userId: null, username: null, profileName: subject, groupId };
}

const update = z.object({ group_id: opaqueId, timestamp: unixSeconds });

/** An item of `groups[]`: what the group is called from then on, where it says so. */
export function readGroup(
  item: unknown,
  path: string,
  { phoneNumberId }: { phoneNumberId: string },
): PersonEvent[] {
  const told = update.safeParse(item).data;
  const contact = told && group(told.group_id, subjectOf(item));
  if (!told || !contact?.profileName) return [];
  return [{ kind: "person", path, phoneNumberId, occurredAt: told.timestamp, contact }];
}

/** As text, or as what was asked for and whether it came about. */
function subjectOf(item: unknown): string | null {
  if (own(item, "errors") !== undefined) return null;
  const said = own(item, "subject") ?? own(item, "group_subject");
  if (own(said, "update_successful") === false) return null;
  return nameOf(own(said, "text") ?? said);
}
