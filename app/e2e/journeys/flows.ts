/**
 * What a person does at our pages and at Meta's, as the requests that a browser sends for it: for what a test only needs to
 * be so. The same flows by the pages themselves stand in connect.e2e.ts, connect-again.e2e.ts, forms.e2e.ts and
 * number-page.e2e.ts.
 */
import { expect, type Page } from "@playwright/test";
import { BUSINESS_IDS, PERSON_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { product } from "../product/journeys.ts";
import { createVisitor, type Visitor } from "../product/visitor.ts";
import { api, begin, comeBack, connectedPlace, mint, pickerPlace } from "../two-webs/connect-by-http.ts";
import { origin, sessionOf } from "./journey.ts";

/** What the sandbox's people give to us at most. */
export const grants = {
  ana: { businessId: BUSINESS_IDS.luz, personId: PERSON_IDS.ana },
  eva: { businessId: BUSINESS_IDS.norte, personId: PERSON_IDS.eva },
  bea: { businessId: BUSINESS_IDS.bea, personId: PERSON_IDS.bea },
  carla: { businessId: BUSINESS_IDS.cadenas, personId: PERSON_IDS.carla },
  /** Only one of the two accounts. */
  carlaInOne: {
    businessId: BUSINESS_IDS.cadenas,
    personId: PERSON_IDS.carla,
    wabaIds: [WABA_IDS.cadenasCentro],
  },
};

/** Whoever is signed in on the page, without the page. */
export async function visitorOn(page: Page): Promise<Visitor> {
  const [session] = (await page.context().cookies(origin())).filter(({ name }) => name === "curbe_session");
  if (!session) throw new Error("Nobody is signed in on the page.");
  return createVisitor([origin()], origin(), session);
}

/** One of the demo's people, in a browser of their own. */
export async function visitorNamed(email: string): Promise<Visitor> {
  return createVisitor([origin()], origin(), await sessionOf(email));
}

/** Sets out to Meta, is given a code there, and comes back; where that ends. `onTheWay` happens before the return. */
export async function goByMeta(
  visitor: Visitor,
  grant: object,
  onTheWay?: () => Promise<unknown>,
): Promise<string> {
  const state = await begin({ visitor }, 0);
  const code = await mint(product(), grant);
  await onTheWay?.();
  return comeBack({ visitor }, { state, code }, 0);
}

export async function connectByMeta(visitor: Visitor, grant: object): Promise<void> {
  expect(await goByMeta(visitor, grant)).toBe(connectedPlace);
}

/** Gives more than one number, and picks one of them; where that ends. */
export async function pickAfterMeta(
  visitor: Visitor,
  phoneNumberId: string,
  onTheWay?: () => Promise<unknown>,
): Promise<string> {
  expect(await goByMeta(visitor, grants.carla)).toBe(pickerPlace);
  await onTheWay?.();
  return send(visitor, pickerPlace, { phoneNumberId });
}

/** Sets out, and cancels in Meta's dialog. */
export async function cancelAtMeta(visitor: Visitor): Promise<string> {
  const state = await begin({ visitor }, 0);
  const said = { error: "access_denied", error_reason: "user_denied", error_code: "200" };
  return comeBack({ visitor }, { state, ...said }, 0);
}

export function disconnect(visitor: Visitor, connectionId: string): Promise<string> {
  return send(visitor, `${api}/disconnect`, { connectionId });
}

/** Sends a form that leads on; where to. */
export async function send(visitor: Visitor, path: string, fields: Record<string, string>): Promise<string> {
  const answer = await visitor.post(path, fields, 0);
  expect(answer.status, path).toBe(303);
  return answer.headers.get("location") ?? "";
}
