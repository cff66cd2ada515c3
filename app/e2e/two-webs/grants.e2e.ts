/** Grants that are not what they seem (R28): what Meta itself does not list for the token is never connected. */
import { expect } from "@playwright/test";
import {
  BUSINESS_IDS,
  NUMBER_IDS,
  OTHER_APP_ID,
  WABA_IDS,
} from "../../../scripts/meta-sandbox/world/world.ts";
import type { ReasonCode } from "../../integrations/connect/reasons.ts";
import { exchanges } from "../product/control.ts";
import { test, withTwoWebs } from "../product/two-webs.ts";
import {
  connect,
  connectedPlace,
  expectToldWhy,
  failedPlace,
  type Person,
  pickerPlace,
  somebody,
} from "./connect-by-http.ts";

const product = withTwoWebs();
const luz = { businessId: BUSINESS_IDS.luz };
const norte = { businessId: BUSINESS_IDS.norte };
const whatsappScopes = ["whatsapp_business_management", "whatsapp_business_messaging"];
/** Each has a number that works; `ana` is the one who tries. */
let ana: Person;
let eva: Person;

test.beforeEach(async () => {
  [ana, eva] = [await somebody(product), await somebody(product)];
  expect(await connect(product, ana, luz)).toBe(connectedPlace);
  expect(await connect(product, eva, norte)).toBe(connectedPlace);
  // From here on nobody but the tests changes a row.
  const atWork = () => product.sql("select from graphile_worker._private_jobs where run_at <= now()");
  await expect.poll(atWork, { intervals: [20] }).toEqual([]);
});

/** Changes with any value of a connection that has a token, a number or an account, and of any claim. */
async function holdings(tenantId = "%"): Promise<unknown> {
  return product.sql(
    `select (select md5(string_agg(c::text, '|' order by c.id)) from channel_connections c where tenant_id::text like $1
        and (access_token_enc is not null or phone_number_id is not null or waba_id is not null)) as connections,
      (select md5(string_agg(k::text, '|' order by k.id)) from number_claims k where tenant_id::text like $1) as claims`,
    [tenantId],
  );
}

/** Meta's answer to the next inspection of a token, as the test wants it. */
const nextInspection = (wabaIds: string[], more: object = {}) =>
  nextAnswer("debug_token", {
    data: {
      app_id: product.secrets.appId,
      is_valid: true,
      scopes: whatsappScopes,
      granular_scopes: whatsappScopes.map((scope) => ({ scope, target_ids: wabaIds })),
      ...more,
    },
  });
const nextExchange = (token: string) =>
  nextAnswer("exchange", { access_token: token, token_type: "bearer", expires_in: 5_184_000 });
const nextAnswer = (endpoint: string, body: object) =>
  product.control("/scenarios", { endpoint, times: 1, outcome: { kind: "wrong_shape", body } });

async function tokenOf(grant: object): Promise<string> {
  return (await product.control<{ token: string }>("/tokens", grant)).token;
}

async function expectNowhere(secret: string): Promise<void> {
  const tables = await product.sql<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname in ('public', 'graphile_worker')`,
  );
  expect(tables.length).toBeGreaterThan(15);
  for (const { name } of tables) {
    const found = await product.sql(`select from ${name} t where position($1 in t::text) > 0`, [secret]);
    expect(found, name).toEqual([]);
  }
  expect(product.lines.filter((line) => line.includes(secret))).toEqual([]);
}

interface Spoof {
  name: string;
  reason: ReasonCode;
  /** What the person's code was granted for. */
  grant?: object;
  /** Prepares Meta's side; returns the token, where the test knows it, that must be found nowhere afterwards. */
  arrange(): Promise<unknown>;
}

const spoofs: Spoof[] = [
  {
    name: "a token whose inspection names an account that it does not reach",
    reason: "permission_missing",
    arrange: () => nextInspection([WABA_IDS.norte]),
  },
  {
    name: "the token of another person, inspected as if it reached this one's account",
    reason: "permission_missing",
    async arrange() {
      const token = await tokenOf({ businessId: BUSINESS_IDS.cadenas });
      await nextExchange(token);
      await nextInspection([WABA_IDS.luz]);
      return token;
    },
  },
  {
    name: "a token whose inspection names another app",
    reason: "code_rejected",
    arrange: () => nextInspection([WABA_IDS.luz], { app_id: OTHER_APP_ID }),
  },
  {
    name: "a token whose inspection names no app",
    reason: "code_rejected",
    arrange: () => nextInspection([WABA_IDS.luz], { app_id: undefined }),
  },
  {
    name: "a token that was made for another app",
    reason: "code_rejected",
    async arrange() {
      const token = await tokenOf({ ...luz, appId: OTHER_APP_ID });
      await nextExchange(token);
      return token;
    },
  },
  {
    name: "a code that was made for another app",
    reason: "code_rejected",
    grant: { ...luz, appId: OTHER_APP_ID },
    arrange: async () => {},
  },
  {
    name: "a token that Meta does not call valid, whatever it is said to reach",
    reason: "code_rejected",
    arrange: () => nextInspection([WABA_IDS.luz], { is_valid: false }),
  },
  {
    name: "a token that Meta has never issued",
    reason: "code_rejected",
    async arrange() {
      await nextExchange("EAAneverissued");
      return "EAAneverissued";
    },
  },
];

for (const { name, reason, grant = luz, arrange } of spoofs) {
  test(`${name} is refused, and nothing of it is kept`, async () => {
    const before = await holdings();
    const token = await arrange();
    expect(await connect(product, ana, grant)).toBe(failedPlace(reason));
    expect(await holdings()).toEqual(before);
    // All that may stay is a row that says which permission was missing, and holds nothing else.
    const empty = await product.sql("select status from channel_connections where phone_number_id is null");
    expect(empty).toEqual(reason === "permission_missing" ? [{ status: "error" }] : []);
    if (typeof token === "string") await expectNowhere(token);
    expect(await exchanges(product)).toBe(3);
    await expectToldWhy(ana, reason, 0);
  });
}

test("of a grant said to reach somebody else's account too, only the own number is connected, whatever the address adds", async () => {
  const before = await holdings(eva.tenantId);
  await nextInspection([WABA_IDS.norte, WABA_IDS.luz]);
  const added = {
    waba_id: WABA_IDS.norte,
    phone_number_id: NUMBER_IDS.norte,
    phoneNumberId: NUMBER_IDS.norte,
  };
  expect(await connect(product, ana, luz, added)).toBe(connectedPlace);
  expect(await holdings(eva.tenantId)).toEqual(before);
  const own = "select waba_id, phone_number_id from channel_connections where tenant_id = $1";
  expect(await product.sql(own, [ana.tenantId])).toEqual([
    { waba_id: WABA_IDS.luz, phone_number_id: NUMBER_IDS.luz },
  ]);
});

test("a number that the kept grant does not reach cannot be picked, whatever the browser sends", async () => {
  const oneAccount = { businessId: BUSINESS_IDS.cadenas, wabaIds: [WABA_IDS.cadenasCentro] };
  expect(await connect(product, ana, oneAccount)).toBe(pickerPlace);
  const before = await holdings();
  const pick = async (phoneNumberId: string, web: number) =>
    (await ana.visitor.post(pickerPlace, { phoneNumberId }, web)).headers.get("location");
  const outside = [NUMBER_IDS.norte, NUMBER_IDS.luz, NUMBER_IDS.cadenasSur1, NUMBER_IDS.cadenasSur2];
  const odd = [
    "1",
    `${NUMBER_IDS.cadenasCentro1}0`,
    ` ${NUMBER_IDS.cadenasCentro1}`,
    "' or 1=1 --",
    "__proto__",
  ];
  for (const [at, id] of [...outside, ...odd].entries()) {
    expect(await pick(id, at % 2), id).toBe(failedPlace("no_number"));
    expect(await holdings(), id).toEqual(before);
  }
  await expectToldWhy(ana, "no_number", 0, { hasGrant: true });
  expect(await pick(NUMBER_IDS.cadenasCentro3, 1)).toBe(connectedPlace);
});
