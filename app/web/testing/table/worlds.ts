/** Portfolios of any size, and what their grants may hold, in the sandbox. For tests of the tables. */
import type { Sandbox } from "../../../../scripts/meta-sandbox/sandbox.ts";
import { BUSINESS_IDS } from "../../../../scripts/meta-sandbox/world/world.ts";

/** Of the seeded world the one without any account. */
export const portfolio = BUSINESS_IDS.nuevo;

/** Gives the empty portfolio an account for each entry, with that many numbers. Returns the numbers' ids. */
export function layOut({ control }: Sandbox, numbersOfEachWaba: number[]): string[] {
  return numbersOfEachWaba.flatMap((count, account) => {
    const { id: wabaId } = control.addWaba({ businessId: portfolio, name: `Cuenta ${account}` });
    return Array.from({ length: count }, (_, at) => {
      const displayPhoneNumber = `+52 55 9${account}00 ${String(at).padStart(4, "0")}`;
      return control.addNumber({ wabaId, displayPhoneNumber, verifiedName: `Sucursal ${account}.${at}` }).id;
    });
  });
}

const management = "whatsapp_business_management";
const messaging = "whatsapp_business_messaging";

export const bothScopes = [management, messaging];
/** Finding accounts through the portfolio takes this one as well. */
export const portfolioScopes = [...bothScopes, "business_management"];

export interface Permissions {
  name: string;
  scopes: string[];
  switches?: Parameters<Sandbox["control"]["setSwitches"]>[0];
  /** Null: it is enough. Else what Meta names as missing; nothing where Meta only refuses the reading. */
  missing: string[] | null;
}

export const permissions: Permissions[] = [
  { name: "both permissions", scopes: bothScopes, missing: null },
  { name: "management missing", scopes: [messaging], missing: [management] },
  { name: "messaging missing", scopes: [management], missing: [messaging] },
  { name: "both missing", scopes: [], missing: bothScopes },
  {
    name: "manage_events in place of management",
    scopes: bothScopes,
    missing: null,
    switches: { manageEventsScope: "on" },
  },
  {
    name: "no targets, with business_management",
    scopes: portfolioScopes,
    missing: null,
    switches: { targetIds: "missing" },
  },
  {
    name: "no targets, without business_management",
    scopes: bothScopes,
    missing: [],
    switches: { targetIds: "missing" },
  },
];
