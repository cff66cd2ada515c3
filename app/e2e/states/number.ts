/** A number's own page, what can be done there, and what has happened to it. */
import { expect, type Page } from "@playwright/test";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { cancelAtMeta, connectByMeta, disconnect, grants, send, visitorOn } from "../journeys/flows.ts";
import { beSignedIn, control, origin, rows } from "../journeys/journey.ts";
import { failedPlace } from "../two-webs/connect-by-http.ts";
import { bringAbout } from "./attention.ts";
import { untilAlive } from "./checks/every-page.ts";
import {
  check,
  connect,
  connectOneOfMany,
  graphError,
  integrations,
  leo,
  numberPath,
  type State,
  script,
  tell,
  until,
  work,
} from "./world.ts";

const activity = `${integrations}/whatsapp/activity`;
const disconnectPath = (id: string) => `${integrations}/whatsapp/disconnect?connection=${id}`;

/** Connected, lost, tried in vain, connected again, and news from Meta. */
async function muchHappens(page: Page): Promise<void> {
  const id = await bringAbout(page, "token_rejected");
  const visitor = await visitorOn(page);
  expect(await cancelAtMeta(visitor)).toBe(failedPlace("cancelled"));
  await connectByMeta(visitor, grants.ana);
  await until(id, "status = 'active' and metadata->'deliveries'->>'state' = 'on'");
  await tell("phone_number_name_update", { decision: "APPROVED" });
  await tell("security", { event: "PIN_CHANGED" });
  await until(id, "metadata->'name_status' is not null");
}

/** Goes on without a message. */
async function skipTheTest(page: Page): Promise<string> {
  const id = await connect(page);
  await send(await visitorOn(page), numberPath(id), { intent: "skip" });
  return id;
}

/** A number that lives in the WhatsApp Business app; its history was asked for and `condition` holds of its row. */
async function onPhone(page: Page, condition: string): Promise<string> {
  await beSignedIn(page, leo);
  const id = await connectOneOfMany(page, NUMBER_IDS.cadenasCentro3);
  await until(id, condition);
  return numberPath(id);
}

/** Of the history of the demo's own number. */
async function historyArrives(page: Page): Promise<string> {
  const id = await connect(page);
  const history = [{ metadata: { phase: 1, chunk_order: 2, progress: 55 }, threads: [] }];
  await tell("history", { metadata: { phone_number_id: NUMBER_IDS.luz }, history });
  await until(id, "metadata->'history'->'progress' is not null");
  return numberPath(id);
}

/** Meta has not switched deliveries on yet. */
async function startSlowly(page: Page): Promise<string> {
  await script("subscribe", { kind: "hang", ms: 60_000 });
  await beSignedIn(page, leo);
  await connectByMeta(await visitorOn(page), grants.ana);
  const [row] = await rows<{ id: string }>("select id from channel_connections");
  return numberPath(row?.id ?? "");
}

/** The look was asked for, and Meta takes its time to answer. */
async function lookUnderWay(page: Page) {
  const id = await work(page);
  await script("phone", { kind: "hang", ms: 60_000 });
  return async (visitor: Page) => {
    // A look gives up after some seconds: each language has one of its own.
    await rows("update connection_health set check_requested_at = null");
    await send(await visitorOn(page), numberPath(id), { intent: "check" });
    await visitor.goto(origin() + numberPath(id));
  };
}

const pages: Omit<State, "group">[] = [
  {
    name: "waiting for a first message",
    arrange: async (page) => numberPath(await connect(page)),
    says: ({ numbers }) => numbers.status.awaitingTest,
  },
  {
    name: "the test was skipped",
    arrange: async (page) => numberPath(await skipTheTest(page)),
    says: ({ numbers }) => numbers.status.skipped,
  },
  {
    name: "working",
    arrange: async (page) => numberPath(await work(page)),
    says: ({ numbers }) => numbers.status.connected,
  },
  {
    name: "asked for a check too often",
    async arrange(page) {
      const id = await work(page);
      await rows(
        `insert into login_limits (key, points, expire)
         select 'check_person:' || id, 1000, 1000 * extract(epoch from now() + interval '19 minutes 30 seconds')::bigint from users`,
      );
      return async (visitor) => {
        await visitor.goto(origin() + numberPath(id));
        await untilAlive(visitor);
        await visitor.locator("form:has([value=check]) button").click();
        await expect(visitor.locator("h1")).not.toContainText("55");
      };
    },
    says: ({ errors }) => errors.askedTooOften.wait(20),
  },
  {
    name: "still being checked",
    arrange: startSlowly,
    says: ({ numbers }) => numbers.status.starting,
  },
  {
    name: "after a look at Meta",
    async arrange(page) {
      const id = await work(page);
      await tell("phone_number_quality_update", { event: "FLAGGED", current_limit: "TIER_1K" });
      await until(id, "metadata->'quality' is not null");
      await check(id);
      return numberPath(id);
    },
    says: ({ channels }) => channels.meta_whatsapp.quality.title,
  },
  {
    name: "a look is under way",
    arrange: lookUnderWay,
    says: ({ numbers }) => numbers.health.checking,
  },
  {
    name: "after a refused look",
    async arrange(page) {
      const id = await work(page);
      await control("/tokens/revoke", { businessId: BUSINESS_IDS.luz });
      await check(id);
      return numberPath(id);
    },
    says: ({ numbers }) => numbers.health.results.token_rejected ?? "",
  },
  {
    name: "its history was asked for",
    async arrange(page) {
      // As asked for before us: nothing of it comes by itself now.
      await script("smb_app_data", graphError(2593107));
      return onPhone(page, "metadata->'history'->'chats' is not null");
    },
    says: ({ channels }) => channels.meta_whatsapp.history.states.asked,
  },
  {
    name: "its history arrives",
    arrange: historyArrives,
    says: ({ channels }) => channels.meta_whatsapp.history.percent(55),
  },
  {
    name: "its history has arrived",
    arrange: (page) => onPhone(page, "metadata->'history'->>'progress' = '100'"),
    says: ({ channels }) => channels.meta_whatsapp.history.states.complete,
  },
  {
    name: "its history is kept back",
    async arrange(page) {
      await control("/switches", { historySharing: "declined" });
      return onPhone(page, "metadata->'history'->'declined_at' is not null");
    },
    says: ({ channels }) => channels.meta_whatsapp.history.states.declined,
  },
  {
    name: "its history was asked for too late",
    async arrange(page) {
      await script("smb_app_data", graphError(2593108));
      return onPhone(page, "metadata->'history'->'chats' is not null");
    },
    says: ({ channels }) => channels.meta_whatsapp.history.states.too_late,
  },
  {
    name: "its history was refused",
    async arrange(page) {
      await script("smb_app_data", graphError(10));
      return onPhone(page, "metadata->'history'->'chats' is not null");
    },
    says: ({ channels }) => channels.meta_whatsapp.history.states.refused,
  },
  {
    name: "disconnected",
    async arrange(page) {
      const id = await work(page);
      await disconnect(await visitorOn(page), id);
      return numberPath(id);
    },
    says: ({ numbers }) => numbers.status.disconnected,
  },
  {
    name: "before disconnecting",
    arrange: async (page) => disconnectPath(await work(page)),
    says: ({ disconnect }) => disconnect.titleOf,
  },
  {
    name: "before disconnecting, nothing has arrived",
    arrange: async (page) => disconnectPath(await connect(page)),
    says: ({ disconnect }) => disconnect.titleOf,
  },
  {
    name: "before disconnecting a number that has lost its access",
    arrange: async (page) => disconnectPath(await bringAbout(page, "token_rejected")),
    says: ({ disconnect }) => disconnect.titleOf,
  },
];

const happened: Omit<State, "group">[] = [
  {
    name: "activity, nothing yet",
    arrange: (page) => beSignedIn(page, leo).then(() => activity),
    says: ({ activity: words }) => words.empty,
  },
  {
    name: "activity, much",
    arrange: (page) => muchHappens(page).then(() => activity),
    says: ({ activity: words }) => words.kinds.access_lost ?? "",
  },
  {
    name: "activity, nothing like that",
    arrange: async (page) => work(page).then(() => `${activity}?what=access&who=others&days=7`),
    says: ({ activity: words }) => words.filter.nothing,
  },
];

export const numberStates: State[] = [...pages, ...happened].map((state) => ({
  group: "a number",
  ...state,
}));
