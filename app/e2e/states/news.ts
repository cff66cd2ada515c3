/** What a person should know of a number that works: by what Meta tells, by what others ask, by the days that pass. */
import { rows } from "../journeys/journey.ts";
import {
  check,
  connect,
  integrations,
  type State,
  takenElsewhere,
  tell,
  tellOfAccount,
  until,
  work,
  write,
} from "./world.ts";

/** As many people wrote as make a rhythm, and then none for two days. The days are moved, the rest happens. */
export async function beQuiet(connectionId: string): Promise<void> {
  const people = Array.from({ length: 20 }, (_, at) => ({
    text: "Hola",
    sender: { phone: `5255${String(70_000_000 + at)}`, name: `Cliente ${at + 1}` },
  }));
  await write(people);
  await rows("update conversations set last_inbound_at = last_inbound_at - interval '2 days'");
  await check(connectionId);
  await until(connectionId, "metadata->>'silent_since' is not null");
}

const news: Omit<State, "group">[] = [
  {
    name: "quality flagged",
    async arrange(page) {
      const id = await work(page);
      await tell("phone_number_quality_update", { event: "FLAGGED", current_limit: "TIER_1K" });
      await until(id, "metadata->'quality' is not null");
      return integrations;
    },
    says: ({ channels }) => channels.meta_whatsapp.quality.title,
  },
  {
    name: "restricted",
    async arrange(page) {
      const id = await work(page);
      await tellOfAccount("ACCOUNT_RESTRICTION");
      await until(id, "metadata->'restriction' is not null");
      return integrations;
    },
    says: ({ integrations: words }) => words.restrictions.ACCOUNT_RESTRICTION ?? "",
  },
  {
    name: "another workspace asked for the number",
    async arrange(page) {
      await work(page);
      await takenElsewhere();
      return integrations;
    },
    says: ({ integrations: words }) => words.requested.title,
  },
  {
    name: "access ends in five days",
    async arrange(page) {
      const id = await work(page);
      await rows(
        "update channel_connections set token_expires_at = now() + interval '5 days' where id = $1",
        [id],
      );
      return integrations;
    },
    says: ({ integrations: words }) => words.ending.title,
  },
  {
    name: "unusually quiet",
    async arrange(page) {
      await beQuiet(await connect(page));
      return integrations;
    },
    says: ({ integrations: words }) => words.silence.title,
  },
  {
    name: "everything at once",
    async arrange(page) {
      const id = await connect(page);
      await beQuiet(id);
      await tell("phone_number_quality_update", { event: "FLAGGED", current_limit: "TIER_250" });
      await tell("phone_number_name_update", { decision: "APPROVED" });
      await tellOfAccount("ACCOUNT_VIOLATION");
      await takenElsewhere();
      const soon = "token_expires_at = now() + interval '20 hours'";
      await rows(`update channel_connections set ${soon} where id = $1`, [id]);
      await until(
        id,
        "metadata ?& array['quality', 'name_status', 'restriction'] and requested_at is not null",
      );
      return integrations;
    },
    says: ({ integrations: words }) => words.ending.title,
  },
];

export const newsStates: State[] = news.map((state) => ({ group: "worth knowing", ...state }));
