/** What goes as it should: connecting, messages, pages, mail, leaving. */
import { expect } from "@playwright/test";
import { BUSINESS_IDS, NUMBER_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { setPassword } from "../../../scripts/users/user-password.ts";
import { type CanaryProduct, type Person, random, randomPhone, tokenIn } from "./product.ts";

export const api = "/api/integrations/meta/whatsapp";
export const settings = "/settings/integrations";

export async function begin({ visitor }: Person): Promise<string> {
  const answer = await visitor.post(`${api}/start`, {}, { accept: "application/json" });
  expect(answer.status, answer.text).toBe(200);
  return (JSON.parse(answer.body) as { state: string }).state;
}

export async function mint(product: CanaryProduct, grant: object): Promise<string> {
  const { code } = await product.control<{ code: string }>("/codes", grant);
  return product.canary("code", code);
}

/** Sets out to Meta and comes back with a code; where that leads. */
export async function connect(product: CanaryProduct, person: Person, grant: object): Promise<string> {
  const query = new URLSearchParams({ state: await begin(person), code: await mint(product, grant) });
  return (await person.visitor.get(`${api}/callback?${query}`)).location;
}

export async function connectionOf(
  { database: { sql } }: CanaryProduct,
  { tenantId }: Person,
): Promise<string> {
  const [row] = await sql<{ id: string }>(
    "select id from channel_connections where tenant_id = $1 order by created_at desc limit 1",
    [tenantId],
  );
  return row?.id ?? "";
}

/** Until the worker has nothing in hand and nothing that is due. */
export async function untilIdle({ database: { sql } }: CanaryProduct): Promise<void> {
  const due = () =>
    sql(`select from graphile_worker._private_jobs where run_at <= now() or locked_at is not null
         union all select from webhook_deliveries where processed_at is null and retry_at is null`);
  await expect.poll(due, { intervals: [20], timeout: 60_000 }).toEqual([]);
}

/** One workspace that works: its person. */
export async function everyday(product: CanaryProduct): Promise<Person> {
  const person = await product.person();
  const { database, control, canary } = product;
  expect(await connect(product, person, { businessId: BUSINESS_IDS.luz })).toBe(
    `${settings}?whatsapp=connected`,
  );
  canary("business number", "525512345678");
  await untilIdle(product);
  const id = await connectionOf(product, person);
  for (const text of [`BODY-${random()}`, `quote " ' <b>& ${random()}`]) {
    const sender = { phone: canary("customer's number", randomPhone()), name: "Sofía" };
    await control("/messages", { phoneNumberId: NUMBER_IDS.luz, text: canary("message body", text), sender });
  }
  await control("/batches", {
    items: [
      { status: { phoneNumberId: NUMBER_IDS.luz, status: "delivered", messageId: `wamid.${random()}` } },
    ],
  });
  await untilIdle(product);
  const threads = await database.sql<{ id: string }>("select id from conversations where tenant_id = $1", [
    person.tenantId,
  ]);
  const paths = [
    settings,
    `${settings}?whatsapp=connected`,
    `${api}/status`,
    `${settings}/whatsapp/activity`,
  ];
  const more = [
    `${settings}/whatsapp/activity.csv`,
    `${settings}/whatsapp/disconnect`,
    `${settings}/whatsapp/numbers/${id}`,
  ];
  for (const path of [
    ...paths,
    ...more,
    "/conversations",
    ...threads.map((one) => `/conversations/${one.id}`),
  ]) {
    expect((await person.visitor.get(path)).status, path).toBe(200);
    await person.visitor.get(path.replace(/(?=\?|$)/, ".data"));
  }
  await person.visitor.post(`${settings}/whatsapp/numbers/${id}`, { intent: "check" });
  await untilIdle(product);
  return person;
}

/** A number that we register, with a PIN of ours, chosen among several. */
export async function registering(product: CanaryProduct): Promise<void> {
  const person = await product.person();
  const wabaIds = [WABA_IDS.cadenasCentro];
  expect(await connect(product, person, { businessId: BUSINESS_IDS.cadenas, wabaIds })).toBe(
    `${settings}/whatsapp/choose-number`,
  );
  await person.visitor.get(`${settings}/whatsapp/choose-number`);
  await person.visitor.post(`${settings}/whatsapp/choose-number`, { intent: "look" });
  await person.visitor.post(`${settings}/whatsapp/choose-number`, {
    phoneNumberId: NUMBER_IDS.cadenasCentro2,
  });
  await untilIdle(product);
}

/** By hand: a token that works and one that does not. */
export async function byHand(product: CanaryProduct): Promise<void> {
  const person = await product.person();
  const path = `${settings}/whatsapp/manual`;
  const ids = { wabaId: WABA_IDS.norte, phoneNumberId: NUMBER_IDS.norte };
  const { token } = await product.control<{ token: string }>("/tokens", { businessId: BUSINESS_IDS.norte });
  for (const accessToken of [`EAA${random(40)}`, `spaced out ${random()}`, `EAA\u0000${random()}`, token]) {
    await person.visitor.post(path, { ...ids, accessToken: product.canary("access token", accessToken) });
  }
  await person.visitor.post(path, {
    wabaId: "x",
    phoneNumberId: "",
    accessToken: product.canary("access token", `EAA${random()}`),
  });
  await untilIdle(product);
  await person.visitor.post(`${api}/disconnect`, {});
  await untilIdle(product);
}

/** A password that is forgotten, set by the mail's link, and changed afterwards; and one that is not changed. */
export async function passwords(product: CanaryProduct): Promise<void> {
  const { canary, stranger } = product;
  const person = await product.person();
  const visitor = stranger();
  expect((await visitor.post("/login/forgot", { email: person.email })).status).toBe(200);
  await untilIdle(product);
  const mail = product.mails().find((raw) => raw.includes(person.email)) ?? "";
  const [, token = ""] =
    /reset\?token=([\w-]{20,})/.exec(mail.replace(/=\r?\n/g, "").replace(/=3D/g, "=")) ?? [];
  canary("reset token", token);
  await visitor.get(`/login/reset?token=${canary("reset token", random(16))}`);
  await visitor.post("/login/reset", { password: canary("password", `unset-${random()}`) });
  expect((await visitor.get(`/login/reset?token=${token}`)).status).toBe(303);
  expect((await visitor.get("/login/reset")).status).toBe(200);
  await visitor.post("/login/reset", { password: "short" });
  const password = canary("password", `reset-${random()}`);
  expect((await visitor.post("/login/reset", { password })).status).toBe(303);
  await visitor.get(`/login/reset?token=${token}`);
  expect((await visitor.post("/login", { email: person.email, password })).status).toBe(303);
  canary("session token", tokenIn(visitor));
  const changed = { password: canary("password", `changed-${random()}`) };
  await visitor.post("/account", { current: canary("password", `wrong-${random()}`), ...changed });
  expect((await visitor.post("/account", { current: password, ...changed })).status).toBe(303);
  canary("session token", tokenIn(visitor));
  await setPassword(product.database.url, person.email, canary("password", `operator's-${random()}`));
  await untilIdle(product);
}
