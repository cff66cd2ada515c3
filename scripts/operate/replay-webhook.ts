/**
 * Posts a webhook body, signed as Meta would, to a running web, and says which workspace it reached.
 *
 *   npm run replay                                  a sample text message
 *   npm run replay -- --sample image                another kind: text, image, reply, status
 *   npm run replay -- --file body.json              any file, byte for byte
 *   npm run replay -- --phone-number-id ID          for that number (samples only)
 *
 * Needs a running `npm run dev`, or ORIGIN, DATABASE_URL and META_APP_SECRET. Loopback only, never production.
 */
import { createHmac, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import pg from "pg";
import { webhookReaders } from "../../app/integrations/registry.server.ts";
import { isLocalWeb } from "../dev/local-address.ts";
import { root } from "../stack.ts";

const { values: options } = parseArgs({
  options: {
    file: { type: "string" },
    sample: { type: "string", default: "text" },
    "phone-number-id": { type: "string", default: "311000000000000011" },
    origin: { type: "string" },
  },
});

const samples: Record<string, (at: string, id: string) => object> = {
  text: (timestamp, id) => message({ id, timestamp, type: "text", text: { body: "Hola, ¿tienen pan?" } }),
  image: (timestamp, id) =>
    message({
      id,
      timestamp,
      type: "image",
      image: { id: "1034", mime_type: "image/jpeg", sha256: "x", caption: "Mi pedido" },
    }),
  reply: (timestamp, id) =>
    message({
      id,
      timestamp,
      type: "interactive",
      interactive: { type: "button_reply", button_reply: { id: "yes", title: "Sí" } },
    }),
  status: (timestamp, id) => ({
    statuses: [{ id, status: "delivered", timestamp, recipient_id: "525587654321" }],
  }),
};

const origin = options.origin ?? process.env.ORIGIN ?? noted("dev.json", "origin");
const databaseUrl = process.env.DATABASE_URL ?? noted("dev.json", "databaseUrl");
const appSecret = process.env.META_APP_SECRET ?? noted("dev-secrets.json", "appSecret");
if (!origin || !databaseUrl || !appSecret)
  fail("Start `npm run dev` first, or set ORIGIN, DATABASE_URL and META_APP_SECRET.");
if (process.env.NODE_ENV === "production")
  fail("This makes up messages: it does not run with NODE_ENV=production.");
if (!isLocalWeb(origin)) fail("This makes up messages: it posts to loopback only.");

const body = options.file ? readBody(options.file) : sampleBody(options.sample, options["phone-number-id"]);
const requestId = `replay-${randomUUID()}`;
const answer = await post(body);
console.log(`HTTP ${answer.status}, request id ${requestId}`);
if (answer.status !== 200) process.exit(1);
const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();
try {
  await report(client, body);
} finally {
  await client.end();
}

async function post(bytes: Buffer): Promise<Response> {
  const signature = createHmac("sha256", appSecret ?? "")
    .update(bytes)
    .digest("hex");
  const headers = {
    "content-type": "application/json",
    "x-hub-signature-256": `sha256=${signature}`,
    "x-request-id": requestId,
  };
  try {
    return await fetch(`${origin}/webhooks/meta/whatsapp`, {
      method: "POST",
      headers,
      body: new Uint8Array(bytes),
    });
  } catch {
    return fail(`Nobody answers at ${origin}.`);
  }
}

async function report(db: pg.Client, bytes: Buffer): Promise<void> {
  const delivery = await untilProcessed(db);
  if (!delivery?.outcome) return console.log("Stored, but not processed within 10 s: is the worker running?");
  console.log(`Delivery ${delivery.id}: ${delivery.outcome}`);
  const { events, problems } = webhookReaders.meta_whatsapp.read(bytes);
  const numbers = new Set(events.flatMap((event) => event.phoneNumberId ?? []));
  for (const number of numbers)
    console.log(`  number ${number}: ${await ownerAt(db, number, delivery.received_at)}`);
  if (numbers.size === 0) console.log("  it names no number");
  for (const problem of problems) console.log(`  ${problem.path}: ${problem.detail}`);
  const kept = await db.query("select item_path, reason from delivery_quarantine where delivery_id = $1", [
    delivery.id,
  ]);
  for (const row of kept.rows) console.log(`  in quarantine: ${row.item_path} (${row.reason})`);
}

async function untilProcessed(db: pg.Client) {
  for (let waited = 0; ; waited += 100) {
    const found = await db.query<{ id: string; outcome: string | null; received_at: Date }>(
      "select id, outcome, received_at from webhook_deliveries where request_id = $1",
      [requestId],
    );
    if (found.rows[0]?.outcome || waited >= 10_000) return found.rows[0];
    await sleep(100);
  }
}

async function ownerAt(db: pg.Client, phoneNumberId: string, receivedAt: Date): Promise<string> {
  const found = await db.query<{ name: string }>(
    `select t.name from number_claims c join tenants t on t.id = c.tenant_id
      where c.provider = 'meta_whatsapp' and c.phone_number_id = $1 and c.claimed_at <= $2
        and (c.released_at is null or c.released_at > $2)`,
    [phoneNumberId, receivedAt],
  );
  return found.rows[0] ? `workspace “${found.rows[0].name}”` : "no workspace has it";
}

function sampleBody(name: string, phoneNumberId: string): Buffer {
  const sample = samples[name];
  if (!sample) return fail(`There is no sample "${name}": ${Object.keys(samples).join(", ")}.`);
  const metadata = { display_phone_number: "525512345678", phone_number_id: phoneNumberId };
  const item = sample(String(Math.floor(Date.now() / 1000)), `wamid.replay${randomUUID()}`);
  const value = { messaging_product: "whatsapp", metadata, ...item };
  return Buffer.from(
    JSON.stringify({
      object: "whatsapp_business_account",
      entry: [{ id: "204000000000000011", changes: [{ field: "messages", value }] }],
    }),
  );
}

function message(content: Record<string, unknown>) {
  const waId = "525587654321";
  return { contacts: [{ profile: { name: "Marta" }, wa_id: waId }], messages: [{ from: waId, ...content }] };
}

function readBody(file: string): Buffer {
  if (!existsSync(file)) return fail(`There is no file ${file}.`);
  return readFileSync(file);
}

function noted(file: string, field: string): string | undefined {
  try {
    return JSON.parse(readFileSync(path.join(root, ".data", file), "utf8"))[field];
  } catch {
    return undefined;
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
