/** What goes wrong: at sign-in, on the way back from Meta, at Meta, with deliveries, in the worker, with the database. */
import { createHmac } from "node:crypto";
import { connect as dial } from "node:net";
import { expect } from "@playwright/test";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { api, connectionOf, settings, untilIdle } from "./everyday.ts";
import { type CanaryProduct, type Person, random, randomPhone } from "./product.ts";

export async function wrongPasswords({ stranger, canary }: CanaryProduct, { email }: Person): Promise<void> {
  const visitor = stranger();
  const fields = [
    { email },
    { email: `${random()}@canaries.example` },
    { email: `\u0000${random()}` },
    { email: "" },
  ];
  for (const one of fields)
    await visitor.post("/login", { ...one, password: canary("password", `wrong-${random()}`) });
  await visitor.post("/login", { email, password: canary("password", `long-${random(2_000)}`) });
}

/** Targets with a code in them, of somebody who is not signed in, and lines that are no requests. */
export async function oddTargets({ stranger, canary, origin, workerUrl }: CanaryProduct): Promise<void> {
  const visitor = stranger();
  const code = () => canary("code", `code-${random()}`);
  const asked = [
    `${api}/callback?code=${code()}&state=x`,
    `${api}/callback.data?code=${code()}`,
    `${api.toUpperCase()}/callback?code=${code()}`,
    `/login?returnTo=${encodeURIComponent(`${api}/callback?code=${code()}`)}`,
    `/webhooks/meta/whatsapp?hub.verify_token=${code()}`,
    `${api}/status?code=${code()}`,
    `/%E0%A4%A?code=${code()}`,
    `/?_data=${code()}`,
    `//x?code=${code()}`,
  ];
  for (const path of asked) await visitor.get(path);
  const deletion = () => canary("deletion code", random(16));
  for (const path of [
    "/data-deletion/",
    "/DATA-DELETION/",
    "/data-deletion//",
    "//data-deletion/",
    "/./data-deletion/",
  ]) {
    await visitor.get(`${path}${deletion()}`);
    await visitor.get(`${path}${deletion()}.data`);
  }
  const port = Number(new URL(origin).port);
  for (const line of [
    `GET /?code=${code()} HTTP/1.1\r\nHost: [`,
    `GET http://[?code=${code()} HTTP/1.1\r\nHost: x`,
    `BREW /?code=${code()} HTTP/1.1\r\nHost: x`,
  ]) {
    await raw(port, `${line}\r\nConnection: close\r\n\r\n`);
    await raw(Number(new URL(workerUrl).port), `${line}\r\nConnection: close\r\n\r\n`);
  }
}

function raw(port: number, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = dial(port, "127.0.0.1", () => socket.end(text));
    socket.setTimeout(3_000, () => socket.destroy());
    socket.on("error", () => {}).resume();
    socket.on("close", () => resolve());
  });
}

/** Deliveries that are forged, unreadable, for nobody, or refused by the database itself. */
export async function badDeliveries(product: CanaryProduct): Promise<void> {
  const { control, canary, database } = product;
  const body = (text: string) => canary("message body", `${text}-${random()}`);
  const sender = () => ({ phone: canary("customer's number", randomPhone()), name: "Sofía" });
  await control("/messages", {
    phoneNumberId: NUMBER_IDS.luz,
    text: body("forged"),
    sender: sender(),
    signature: "wrong_secret",
  }).catch(() => {});
  await control("/raw", { text: `{"object": ${body("broken")}` });
  await control("/raw", {
    json: {
      object: "whatsapp_business_account",
      entry: [{ changes: [{ field: "messages", value: { messages: body("odd") } }] }],
    },
  });
  await control("/messages", {
    phoneNumberId: "399000000000000999",
    wabaId: "1",
    displayPhoneNumber: "1555",
    text: body("nobody's"),
    sender: sender(),
    force: true,
  });
  const poison = body("poison");
  await database.sql(
    "alter table messages add constraint poison check (body is null or body not like 'poison%') not valid",
  );
  await control("/messages", { phoneNumberId: NUMBER_IDS.luz, text: poison, sender: sender() });
  await untilIdle(product);
  await database.sql("alter table messages drop constraint poison");
  await fetch(`${product.origin}/webhooks/meta/whatsapp`, {
    method: "POST",
    headers: {
      "x-hub-signature-256": `sha256=${canary("signature", createHmac("sha256", "guess").update(random()).digest("hex"))}`,
    },
    body: body("unsigned"),
  });
}

/** What the platform's staff see and do. */
export async function staff(product: CanaryProduct): Promise<void> {
  const { visitor } = await product.person({ isStaff: true });
  const [item] = await product.database.sql<{ id: string; delivery_id: string }>(
    "select id, delivery_id from delivery_quarantine limit 1",
  );
  const folder = "/operations";
  const pages = [
    "",
    "/deliveries",
    "/jobs",
    "/numbers",
    "/quarantine",
    `/quarantine/${item?.id}`,
    `/deliveries/${item?.delivery_id}`,
  ];
  for (const page of pages) expect((await visitor.get(folder + page)).status, page).toBe(200);
  await visitor.post(`${folder}/deliveries/${item?.delivery_id}`, {});
  await visitor.post(`${folder}/quarantine/replay`, { item: item?.id ?? "" });
  await untilIdle(product);
}

/** Jobs that fail, at Meta and at the database, and access that is lost; a mail tells of it. */
export async function failingJobs(product: CanaryProduct, person: Person): Promise<void> {
  const {
    control,
    database: { sql },
    canary,
  } = product;
  const id = await connectionOf(product, person);
  const message = canary("what Meta says", `said-${random()}`);
  for (const endpoint of ["subscribe", "debug_token", "phone", "unsubscribe"]) {
    await control("/scenarios", {
      endpoint,
      outcome: { kind: "graph_error", status: 500, code: 1, message },
    });
  }
  await person.visitor.post(`${settings}/whatsapp/retry?step=deliveries`, { connectionId: id });
  await untilIdle(product);
  await sql("alter table connection_health add constraint away check (checked_at is null) not valid");
  await person.visitor.post(`${settings}/whatsapp/numbers/${id}`, { intent: "check" });
  await untilIdle(product);
  await sql("alter table connection_health drop constraint away");
  await control("/scenarios", undefined, "DELETE");
  await control("/scenarios", {
    endpoint: "*",
    outcome: { kind: "graph_error", code: 190, subcode: 463, message },
  });
  for (let look = 0; look < 2; look++) {
    await sql(
      "select graphile_worker.add_job('check_connection', json_build_object('tenantId', $1::text, 'connectionId', $2::text, 'requestId', 'canary-check'))",
      [person.tenantId, id],
    );
    await untilIdle(product);
  }
  await person.visitor.get(settings);
  await control("/reset", {});
  await person.visitor.post(`${api}/disconnect`, { connectionId: id });
  await untilIdle(product);
}

/** A page that fails, with what was asked for; and a database that is away. */
export async function brokenDatabase(product: CanaryProduct, person: Person): Promise<void> {
  const {
    database: { sql },
    canary,
    postgres,
  } = product;
  const [found] = await sql<{ name: string }>(
    "select oid::regprocedure::text as name from pg_proc where proname = 'search_conversations'",
  );
  await sql(`alter function ${found?.name} rename to search_away`);
  const asked = canary("customer's number", randomPhone());
  expect((await person.visitor.get(`/conversations?q=${asked}`)).status).toBe(500);
  await person.visitor.get(`/conversations.data?q=${asked}`);
  await sql(
    `alter function ${found?.name.replace("search_conversations", "search_away")} rename to search_conversations`,
  );
  await postgres.away(async () => {
    await person.visitor.get("/conversations");
    await person.visitor.get(`${api}/callback?state=x&code=${canary("code", `AQ${random()}`)}`);
    await product
      .stranger()
      .post("/login", { email: person.email, password: canary("password", `away-${random()}`) });
    await product
      .control("/messages", {
        phoneNumberId: NUMBER_IDS.luz,
        text: canary("message body", `away-${random()}`),
      })
      .catch(() => {});
  });
  const ready = async () => (await fetch(`${product.workerUrl}/readyz`).catch(() => undefined))?.status;
  await expect.poll(ready, { intervals: [50], timeout: 60_000 }).toBe(200);
}
