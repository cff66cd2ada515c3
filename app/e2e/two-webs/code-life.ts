/** People on their way to Meta with codes that live for 30 seconds, and how long Meta takes over each call. */
import { BUSINESS_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import type { Product } from "../product/start.ts";
import { begin, mint, type Person, people } from "./connect-by-http.ts";

export interface Traveller {
  person: Person;
  /** With which they come back. */
  query: Record<string, string>;
}

/** `count` people, each with a state and with a code for a number of their own, in an account of its own. */
export async function setOut(product: Product, count: number): Promise<Traveller[]> {
  const everybody = await people(product, count);
  return Promise.all(
    everybody.map(async (person, at) => {
      const grant = await numberOfTheirOwn(product, at);
      return { person, query: { state: await begin(person, at % 2), code: await mint(product, grant) } };
    }),
  );
}

async function numberOfTheirOwn({ control }: Product, at: number): Promise<object> {
  const luz = { businessId: BUSINESS_IDS.luz };
  const name = `Sucursal ${at}`;
  const { id } = await control<{ id: string }>("/wabas", { ...luz, name });
  const displayPhoneNumber = `+52 55 3000 ${1000 + at}`;
  const about = { displayPhoneNumber, verifiedName: name, platformType: "CLOUD_API" };
  await control("/numbers", { wabaId: id, ...about });
  return { ...luz, wabaIds: [id] };
}

/** Meta takes so long over each call of an endpoint, or over the next few. */
export function hangOn({ control }: Product, endpoint: string, ms: number, times?: number): Promise<unknown> {
  const outcome = { kind: "hang", ms };
  return control("/scenarios", { endpoint, outcome, ...(times === undefined ? {} : { times }) });
}

/** When each call of an endpoint reached Meta. */
export async function callsOf({ control }: Product, endpoint: string): Promise<number[]> {
  const { calls } = await control<{ calls: { at: number; endpoint: string }[] }>("/calls");
  return calls.filter((call) => call.endpoint === endpoint).map(({ at }) => at);
}
