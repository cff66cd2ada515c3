/** Pages that nobody means to see, and the one for people who are nobody here. */
import { expect, type Page } from "@playwright/test";
import { visitorOn } from "../journeys/flows.ts";
import { beSignedIn, control, origin, rows } from "../journeys/journey.ts";
import { connect, leo, type State } from "./world.ts";

/** Asked as Meta asks; the path that its answer names. */
async function askToDelete(userId: string): Promise<string> {
  const url = `${origin()}/webhooks/meta/data-deletion`;
  const { body } = await control<{ body: string }>("/signed-requests", { url, userId });
  return new URL(JSON.parse(body).url).pathname;
}

async function deletionOfAPerson(page: Page): Promise<string> {
  const id = await connect(page, leo);
  const [row] = await rows<{ userId: string }>(
    `select granted_by_meta_user as "userId" from channel_connections where id = $1`,
    [id],
  );
  await page.context().clearCookies({ name: "curbe_session" });
  return askToDelete(row?.userId ?? "");
}

const states: Omit<State, "group">[] = [
  {
    name: "no such page, signed in",
    arrange: (page) => beSignedIn(page, leo).then(() => "/nowhere"),
    says: ({ errors }) => errors.notFound.title,
  },
  {
    name: "no such page, signed out",
    arrange: async () => "/nowhere",
    says: ({ errors }) => errors.notFound.title,
  },
  {
    name: "something failed on our side",
    async arrange(page) {
      await beSignedIn(page, leo);
      await rows("revoke select on conversations from app_tenant");
      expect((await (await visitorOn(page)).get("/conversations", 0)).status).toBe(500);
      return "/conversations";
    },
    says: ({ errors }) => errors.broken.title,
    leave: () => rows("grant select on conversations to app_tenant"),
  },
  {
    name: "data deletion, done",
    arrange: deletionOfAPerson,
    says: ({ deletion }) => deletion.states.completed,
  },
  {
    name: "data deletion, nothing was stored",
    arrange: () => askToDelete("122000000000000999"),
    says: ({ deletion }) => deletion.nothingFound,
  },
  {
    name: "data deletion, unknown code",
    arrange: async () => `/data-deletion/${"0".repeat(32)}`,
    says: ({ deletion }) => deletion.unknown.title,
  },
];

export const elsewhereStates: State[] = states.map((state) => ({ group: "elsewhere", ...state }));
