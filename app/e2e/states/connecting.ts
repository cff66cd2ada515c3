/** Before there is a number, on the way to one, and once there is one. */
import { expect, type Page } from "@playwright/test";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import type { Texts } from "../../texts/catalogue.ts";
import { connectByMeta, disconnect, goByMeta, grants, visitorOn } from "../journeys/flows.ts";
import { beSignedIn, control, origin } from "../journeys/journey.ts";
import { begin, failedPlace, pickerPlace } from "../two-webs/connect-by-http.ts";
import {
  ana,
  checkTwice,
  connect,
  connectOneOfMany,
  integrations,
  leo,
  type State,
  script,
  work,
} from "./world.ts";

const choice = `${integrations}/whatsapp/choose-number`;

async function severalNumbers(page: Page): Promise<void> {
  await beSignedIn(page, leo);
  expect(await goByMeta(await visitorOn(page), grants.carlaInOne)).toBe(pickerPlace);
}

async function noNumberYet(page: Page): Promise<void> {
  await beSignedIn(page, leo);
  expect(await goByMeta(await visitorOn(page), grants.bea)).toBe(failedPlace("no_number"));
}

async function unread(page: Page): Promise<void> {
  await script("debug_token", { kind: "http" }, 1);
  await beSignedIn(page, leo);
  expect(await goByMeta(await visitorOn(page), grants.ana)).toBe(failedPlace("meta_unavailable"));
}

/** Sent without a choice, past the browser's own check. */
async function chooseNothing(page: Page): Promise<void> {
  await page.goto(origin() + choice);
  await page.locator("form:has([name=phoneNumberId])").evaluate((form: HTMLFormElement) => {
    form.noValidate = true;
  });
  await page.locator("form:has([name=phoneNumberId]) button[type=submit]").click();
  await expect(page.getByRole("alert")).toBeVisible();
}

async function oneFineOneWithIncident(page: Page): Promise<void> {
  const id = await work(page);
  await connectOneOfMany(page, NUMBER_IDS.cadenasSur2);
  await control("/tokens/revoke", { businessId: BUSINESS_IDS.luz });
  await checkTwice(id);
}

async function disconnected(page: Page): Promise<void> {
  const id = await work(page);
  await disconnect(await visitorOn(page), id);
}

const meetings: Omit<State, "group">[] = [
  {
    name: "not connected",
    arrange: (page) => beSignedIn(page, leo).then(() => integrations),
    says: ({ integrations: words }) => words.beforeLeaving,
  },
  {
    name: "not connected, an admin with manual connect",
    arrange: (page) => beSignedIn(page, ana).then(() => integrations),
    says: ({ integrations: words }) => words.manualLink,
  },
  {
    name: "connecting: the person is at Meta",
    async arrange(page) {
      await beSignedIn(page, leo);
      await begin({ visitor: await visitorOn(page) }, 0);
      return integrations;
    },
    says: ({ integrations: words }) => words.atMeta,
  },
  {
    name: "verifying: Meta has not switched deliveries on yet",
    async arrange(page) {
      await script("subscribe", { kind: "hang", ms: 60_000 });
      await beSignedIn(page, ana);
      await connectByMeta(await visitorOn(page), grants.ana);
      return `${integrations}?whatsapp=connected`;
    },
    says: ({ integrations: words }) => words.states.starting,
  },
  {
    name: "choosing: several numbers",
    arrange: (page) => severalNumbers(page).then(() => integrations),
    says: ({ integrations: words }) => words.choosing.text,
  },
  {
    name: "choosing: the list",
    arrange: (page) => severalNumbers(page).then(() => choice),
    says: ({ chooseNumber }) => chooseNumber.lead,
  },
  {
    name: "choosing: nothing was chosen",
    arrange: (page) => severalNumbers(page).then(() => chooseNothing),
    says: ({ chooseNumber }) => chooseNumber.errors.title,
  },
  {
    name: "choosing: no number yet",
    arrange: (page) => noNumberYet(page).then(() => integrations),
    says: ({ channels }) => channels.meta_whatsapp.awaiting,
  },
  {
    name: "choosing: no number yet, its page",
    arrange: (page) => noNumberYet(page).then(() => choice),
    says: ({ chooseNumber }) => chooseNumber.awaited.title,
  },
  {
    name: "choosing: Meta has not told which numbers there are",
    arrange: (page) => unread(page).then(() => integrations),
    says: ({ integrations: words }) => words.unread.text,
  },
  {
    name: "choosing: Meta has not told, its page",
    arrange: (page) => unread(page).then(() => choice),
    says: ({ chooseNumber }) => chooseNumber.unread.lead,
  },
  {
    name: "just connected, waiting for a first message",
    arrange: (page) => connect(page).then(() => `${integrations}?whatsapp=connected`),
    says: ({ channels }) => channels.meta_whatsapp.nowConnected,
  },
  {
    name: "connected and working",
    arrange: (page) => work(page).then(() => integrations),
    says: ({ integrations: words }) => words.states.connected,
  },
  {
    name: "several numbers, one of them with an incident",
    arrange: (page) => oneFineOneWithIncident(page).then(() => integrations),
    says: (texts) => titleOf(texts, "token_rejected"),
  },
  {
    name: "disconnected",
    arrange: (page) => disconnected(page).then(() => integrations),
    says: ({ integrations: words }) => words.disconnected,
  },
];

const titleOf = ({ channels }: Texts, code: string) => channels.meta_whatsapp.incidentOf(code).title;

export const connectingStates: State[] = meetings.map((state) => ({
  group: "integrations",
  ...state,
}));
