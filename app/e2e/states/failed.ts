/** Attempts that ended without a connection, one for each reason that a person can meet. */
import { expect, type Page } from "@playwright/test";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import type { ReasonCode } from "../../integrations/connect/reasons.ts";
import type { Texts } from "../../texts/catalogue.ts";
import { cancelAtMeta, goByMeta, grants, pickAfterMeta, visitorOn } from "../journeys/flows.ts";
import { beSignedIn, rows } from "../journeys/journey.ts";
import { product } from "../product/journeys.ts";
import { begin, comeBack, connectedPlace, failedPlace, mint } from "../two-webs/connect-by-http.ts";
import { connect, graphError, integrations, leo, type State, script, takenElsewhere } from "./world.ts";

const leaving = async (page: Page, grant: object, onTheWay?: () => Promise<unknown>) =>
  goByMeta(await visitorOn(page), grant, onTheWay);

/** From the Integrations page to the end of the attempt; where that is. */
const ways: Record<ReasonCode, (page: Page) => Promise<string>> = {
  cancelled: async (page) => cancelAtMeta(await visitorOn(page)),
  state_invalid: async (page) =>
    comeBack({ visitor: await visitorOn(page) }, { state: "a".repeat(43), code: "abc" }, 0),
  state_expired: (page) =>
    leaving(page, grants.ana, () => rows("update oauth_states set expires_at = now() - interval '1 second'")),
  async state_used(page) {
    const visitor = await visitorOn(page);
    const query = { state: await begin({ visitor }, 0), code: await mint(product(), grants.ana) };
    expect(await comeBack({ visitor }, query, 0)).toBe(connectedPlace);
    return comeBack({ visitor }, query, 0);
  },
  code_rejected: (page) =>
    leaving(page, grants.ana, () => script("exchange", graphError(100, { subcode: 36009 }), 1)),
  permission_missing: (page) => leaving(page, { ...grants.ana, scopes: ["whatsapp_business_management"] }),
  no_number: (page) => leaving(page, grants.bea),
  async number_taken(page) {
    await takenElsewhere();
    return leaving(page, grants.ana);
  },
  meta_unavailable: (page) => leaving(page, grants.ana, () => script("debug_token", { kind: "http" }, 1)),
  choice_expired: chooseTooLate,
  account_restricted: (page) => leaving(page, grants.ana, () => script("debug_token", graphError(368), 1)),
};

/** The hour ends after the last look at the page and before the answer arrives. */
async function chooseTooLate(page: Page): Promise<string> {
  const ended = "update channel_connections set choice_expires_at = now() - interval '1 minute'";
  return pickAfterMeta(await visitorOn(page), NUMBER_IDS.cadenasCentro3, () => rows(ended));
}

const eachReason = Object.entries(ways).map(([reason, go]) => ({
  name: reason.replaceAll("_", " "),
  async arrange(page: Page) {
    await beSignedIn(page, leo);
    const end = await go(page);
    expect(end).toBe(failedPlace(reason as ReasonCode));
    return end;
  },
  says: (texts: Texts) => texts.channels.meta_whatsapp.reasons[reason as ReasonCode].title,
}));

const others: Omit<State, "group">[] = [
  {
    name: "cancelled beside a number that works",
    async arrange(page) {
      await connect(page, leo);
      return ways.cancelled(page);
    },
    says: ({ channels }) => channels.meta_whatsapp.reasons.cancelled.title,
  },
  {
    name: "permission missing, some time later",
    async arrange(page) {
      await beSignedIn(page, leo);
      expect(await ways.permission_missing(page)).toBe(failedPlace("permission_missing"));
      return integrations;
    },
    says: ({ channels }) => channels.meta_whatsapp.reasons.permission_missing.title,
  },
];

export const failedStates: State[] = [...eachReason, ...others].map((state) => ({
  group: "failed attempt",
  ...state,
}));
