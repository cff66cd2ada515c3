/** Connecting by hand: the empty form, and each thing that can be wrong with it. */
import type { Page } from "@playwright/test";
import { BUSINESS_IDS, NUMBER_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import type { Texts } from "../../texts/catalogue.ts";
import { beSignedIn, control } from "../journeys/journey.ts";
import {
  ana,
  graphError,
  integrations,
  type Show,
  type State,
  script,
  sendForm,
  takenElsewhere,
} from "./world.ts";

const path = `${integrations}/whatsapp/manual`;
const ids = { wabaId: WABA_IDS.luz, phoneNumberId: NUMBER_IDS.luz };

async function token(more: object = {}): Promise<string> {
  const made = await control<{ token: string }>("/tokens", { businessId: BUSINESS_IDS.luz, ...more });
  return made.token;
}

/** Signed in as an admin, with what has to be so at Meta, ready to send these fields. */
function sending(fields: () => Promise<Record<string, string>>) {
  return async (page: Page): Promise<Show> => {
    await beSignedIn(page, ana);
    return sendForm(path, await fields());
  };
}

const states: Omit<State, "group">[] = [
  {
    name: "empty",
    arrange: (page) => beSignedIn(page, ana).then(() => path),
    says: ({ manual }) => manual.lead,
  },
  {
    name: "nothing entered",
    arrange: sending(async () => ({ wabaId: "", phoneNumberId: "", accessToken: "" })),
    says: ({ manual }) => manual.errors.tokenMissing,
  },
  {
    name: "malformed",
    arrange: sending(async () => ({ wabaId: "Panadería", phoneNumberId: "mi número", accessToken: "EAA" })),
    says: ({ manual }) => manual.errors.tokenMalformed,
  },
  {
    name: "token rejected",
    arrange: sending(async () => ({ ...ids, accessToken: `EAA${"x".repeat(60)}` })),
    says: ({ manual }) => manual.errors.tokenRejected,
  },
  {
    name: "number not in the account",
    arrange: sending(async () => ({ ...ids, phoneNumberId: NUMBER_IDS.norte, accessToken: await token() })),
    says: ({ manual }) => manual.errors.numberNotInWaba,
  },
  {
    name: "permission missing",
    arrange: sending(async () => ({
      ...ids,
      accessToken: await token({ scopes: ["whatsapp_business_messaging"] }),
    })),
    says: ({ manual }) => manual.errors.permissionMissing,
  },
  {
    name: "number taken",
    async arrange(page) {
      await takenElsewhere();
      await beSignedIn(page, ana);
      return sendForm(path, { ...ids, accessToken: await token() });
    },
    says: ({ channels }: Texts) => channels.meta_whatsapp.reasons.number_taken.title,
  },
  {
    name: "Meta is not answering",
    async arrange(page) {
      await beSignedIn(page, ana);
      await script("debug_token", graphError(2, { status: 503, is_transient: true }));
      return sendForm(path, { ...ids, accessToken: await token() });
    },
    says: ({ channels }: Texts) => channels.meta_whatsapp.reasons.meta_unavailable.title,
  },
];

export const manualStates: State[] = states.map((state) => ({ group: "manual connect", ...state }));
