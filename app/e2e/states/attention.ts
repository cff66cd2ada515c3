/** A number that worked and needs somebody: each cause, brought about as it comes about. */
import type { Page } from "@playwright/test";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import type { AdoptionErrorCode, ConnectionErrorCode } from "../../integrations/connect/reasons.ts";
import type { Texts } from "../../texts/catalogue.ts";
import { beSignedIn, control, origin, rows } from "../journeys/journey.ts";
import {
  check,
  checkTwice,
  connect,
  connectOneOfMany,
  graphError,
  integrations,
  leo,
  numberPath,
  type State,
  script,
  tellOfAccount,
  until,
  work,
} from "./world.ts";

const titleOf = ({ channels }: Texts, code: string) => channels.meta_whatsapp.incidentOf(code).title;
const broken = (code: string) => `status = 'error' and metadata->'error'->>'code' = '${code}'`;

/** What Meta does, or time, to a connection that works. What only older rows lack is shown alike (connect-pages.db.test.ts). */
type Cause = Exclude<ConnectionErrorCode, AdoptionErrorCode>;
const causes: Record<Cause, (connectionId: string) => Promise<unknown>> = {
  access_removed: () => control("/tokens/revoke", { businessId: BUSINESS_IDS.luz, removeApp: true }),
  account_deleted: () => tellOfAccount("ACCOUNT_DELETED"),
  account_disabled: () => tellOfAccount("DISABLED_UPDATE"),
  offboarded: () => tellOfAccount("ACCOUNT_OFFBOARDED"),
  deauthorized: takeAccessBack,
  async token_rejected(id) {
    await control("/tokens/revoke", { businessId: BUSINESS_IDS.luz });
    await checkTwice(id);
  },
  async permission_lost(id) {
    await script("phone", graphError(10, { status: 403 }));
    await checkTwice(id);
  },
  async token_unreadable(id) {
    await rows("update channel_connections set access_token_enc = 'v1.moved' where id = $1", [id]);
    await checkTwice(id);
  },
  token_expired: (id) =>
    rows("update channel_connections set token_expires_at = now() - interval '1 hour' where id = $1", [id]),
};

async function takeAccessBack(connectionId: string): Promise<void> {
  const [row] = await rows<{ userId: string }>(
    `select granted_by_meta_user as "userId" from channel_connections where id = $1`,
    [connectionId],
  );
  const url = `${origin()}/webhooks/meta/deauthorize`;
  await control("/signed-requests", { url, userId: row?.userId });
}

/** A number with an incident of this cause; the connection's id. */
export async function bringAbout(page: Page, code: Cause): Promise<string> {
  const id = await work(page);
  await causes[code](id);
  if (code !== "token_expired") await until(id, broken(code));
  return id;
}

const eachCause = Object.keys(causes).map((code) => ({
  name: code.replaceAll("_", " "),
  arrange: (page: Page) => bringAbout(page, code as Cause).then(() => integrations),
  says: (texts: Texts) => titleOf(texts, code),
}));

/** Meta says that it sends this number's messages to another provider's address. */
async function overridden(page: Page): Promise<string> {
  const id = await connect(page);
  const { app } = await control<{ app: { appId: string } }>("/world");
  const ours = {
    whatsapp_business_api_data: { id: app.appId },
    override_callback_uri: "https://other.example/",
  };
  await script("list_subscribed_apps", { kind: "wrong_shape", body: { data: [ours] } });
  await check(id);
  await until(id, "metadata->'deliveries'->>'code' = 'override'");
  return id;
}

async function pinOfAnotherProvider(page: Page): Promise<string> {
  await beSignedIn(page, leo);
  return connectOneOfMany(page, NUMBER_IDS.cadenasSur1);
}

/** Meta has locked the number: there is no button, and a time from which on there is one. */
async function triedTooOften(page: Page): Promise<string> {
  await script("register", graphError(133016));
  return pinOfAnotherProvider(page);
}

async function deliveriesRefused(page: Page): Promise<string> {
  await script("subscribe", graphError(131031));
  return connect(page);
}

async function seenByAMember(page: Page): Promise<string> {
  await bringAbout(page, "token_rejected");
  await beSignedIn(page, leo);
  return integrations;
}

async function onAnotherPage(page: Page, codes: "one" | "several"): Promise<string> {
  await bringAbout(page, "token_rejected");
  if (codes === "several") {
    const id = await connectOneOfMany(page, NUMBER_IDS.cadenasSur2);
    await control("/tokens/revoke", {});
    await checkTwice(id);
  }
  return "/conversations";
}

const others: Omit<State, "group">[] = [
  {
    name: "deliveries go to another provider",
    arrange: (page) => overridden(page).then(() => integrations),
    says: ({ integrations: words }) => words.steps.deliveryFailures.override ?? "",
  },
  {
    name: "deliveries refused",
    arrange: (page) => deliveriesRefused(page).then(() => integrations),
    says: ({ integrations: words }) => words.steps.deliveryFailures.tell_tenant ?? "",
  },
  {
    name: "registration refused: PIN of an earlier provider",
    arrange: (page) => pinOfAnotherProvider(page).then(() => integrations),
    says: ({ channels }) => channels.meta_whatsapp.registrationRefusals.pin_mismatch ?? "",
  },
  {
    name: "registration refused, the number's page",
    arrange: async (page) => numberPath(await pinOfAnotherProvider(page)),
    says: ({ channels }) => channels.meta_whatsapp.registrationRefusals.pin_mismatch ?? "",
  },
  {
    name: "registration tried too often",
    arrange: (page) => triedTooOften(page).then(() => integrations),
    says: ({ integrations: words }) => words.steps.againOn,
  },
  {
    name: "registration tried too often, the number's page",
    arrange: async (page) => numberPath(await triedTooOften(page)),
    says: ({ integrations: words }) => words.steps.againOn,
  },
  {
    name: "access lost, the number's page",
    arrange: async (page) => numberPath(await bringAbout(page, "token_rejected")),
    says: (texts) => titleOf(texts, "token_rejected"),
  },
  {
    name: "access lost, seen by a member",
    arrange: seenByAMember,
    says: (texts) => titleOf(texts, "token_rejected"),
  },
  {
    name: "the banner on another page",
    arrange: (page) => onAnotherPage(page, "one"),
    says: (texts) => titleOf(texts, "token_rejected"),
  },
  {
    name: "the banner for several numbers",
    arrange: (page) => onAnotherPage(page, "several"),
    says: ({ incidents }) => incidents.several(2),
  },
];

export const attentionStates: State[] = [...eachCause, ...others].map((state) => ({
  group: "needs attention",
  ...state,
}));
