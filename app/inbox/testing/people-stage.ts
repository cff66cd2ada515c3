/** People and what they say under which ids, on the stage of ingest. For tests. */
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { inboxStage } from "./inbox-stage.ts";

export interface Ids {
  wa?: string | undefined;
  user?: string | undefined;
}
export const time = (at: number) => String(Number(meta.sentAt) + at);

/** A message from somebody with these ids, so many seconds after the first. */
export function says(id: string, { wa, user }: Ids, at = 0) {
  return { id, from: wa, from_user_id: user, timestamp: time(at), type: "text", text: { body: id } };
}

export function changesNumber(id: string, was: Ids, is: Ids, at: number) {
  const system = { type: "user_changed_number", body: "changed", wa_id: is.wa, user_id: is.user };
  return {
    id,
    from: was.wa,
    timestamp: time(at),
    type: "system",
    system: { ...system, previous_user_id: was.user },
  };
}

export const inBody = (...messages: object[]) => meta.bodyOf({ messages });

export function peopleStage() {
  const stage = inboxStage();
  const { sql, process } = stage;
  const eachAlone = async (...messages: object[]) => {
    for (const message of messages) await process(inBody(message));
  };

  const contacts = () => sql("select wa_id, user_id from contacts order by id");
  /** The messages of each conversation, by the contact that has it. */
  async function threads(): Promise<string[]> {
    const rows = await sql<{ thread: string }>(
      `select concat_ws(' ', coalesce(c.wa_id, '-'), coalesce(c.user_id, '-')) || ': ' ||
              string_agg(m.provider_message_id, ' ' order by m.provider_message_id) as thread
         from messages m join conversations v on v.id = m.conversation_id join contacts c on c.id = v.contact_id
        group by c.id, v.id order by 1`,
    );
    return rows.map(({ thread }) => thread);
  }
  const everything = async () => [
    await sql("select * from contacts order by id"),
    await sql("select * from conversations order by id"),
    await sql("select * from messages order by id"),
    await sql("select * from contact_aliases order by kind, former_id, contact_id"),
  ];
  return { ...stage, eachAlone, contacts, threads, everything };
}
