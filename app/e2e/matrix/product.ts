/** The built product over a database of its own with two full workspaces, and everybody who could try to look across. */

import { migrate } from "../../../db/migrate.ts";
import { freePort } from "../../../db/testing/free-port.ts";
import { createTestDatabase, type TestDatabase } from "../../../db/testing/test-database.ts";
import { generateSecrets, startStack } from "../../../scripts/stack.ts";
import { hashPassword } from "../../platform/passwords.server.ts";
import { seededRandom } from "../seeded-random.ts";
import { ask } from "./ask.ts";
import type { Parked } from "./asks.ts";
import { bigint, digits, type Insert, inserting, uuid } from "./marked.ts";
import type { Marks } from "./needles.ts";
import { fillTenant, type Tenant } from "./tenant.ts";

export interface MatrixProduct {
  origin: string;
  port: number;
  seed: number;
  /** Of the product's vault. */
  encryptionKey: string;
  database: TestDatabase;
  a: Tenant;
  b: Tenant;
  parked: Parked;
  parkedMarks: Marks;
  staff: { id: string; email: string; tenantId: string };
  /** The files of queries that have lost their tenant filters so far, as the processes said. */
  stripped: Set<string>;
  lines: string[];
  /** A new session's cookie. */
  signIn(email: string): Promise<string>;
  stop(): Promise<void>;
}

export const password = "none of these is anybody's password";

export async function startMatrixProduct({ stripped = false } = {}): Promise<MatrixProduct> {
  const database = await createTestDatabase(process.env.E2E_DATABASE ?? "", "template1");
  await migrate(database.url);
  const random = seededRandom();
  const marks = [1, 2, 3, 4].map((n) => marksOf(n, random.below));
  const [ofA, ofB, ofStaff, ofNobody] = marks as [Marks, Marks, Marks, Marks];
  const insert = inserting(database.sql);
  const passwordHash = await hashPassword(password);
  const a = await fillTenant(insert, ofA, passwordHash);
  const b = await fillTenant(insert, ofB, passwordHash);
  const staff = await fillStaff(insert, ofStaff, passwordHash);
  const parked = await fillParked(insert, ofNobody, [a, b]);

  const lines: string[] = [];
  const strippedFiles = new Set<string>();
  const ports = { web: await freePort(), worker: await freePort(), sandbox: await freePort() };
  const secrets = generateSecrets();
  const stack = startStack({
    databaseUrl: database.url,
    ports,
    secrets,
    webCommand: ["app/e2e/matrix/watched.ts", "build/web/index.js"],
    workerCommand: ["app/e2e/matrix/watched.ts", "build/worker/index.js"],
    nodeEnv: "production",
    env: { STRIP_TENANT_FILTERS: stripped ? "yes" : "no" },
    onLine(part, line) {
      const file = /^\{"stripped":"([^"]+)"\}$/.exec(line)?.[1];
      if (file) strippedFiles.add(file);
      else lines.push(`${part} ${line}`);
    },
  });
  const stop = async () => {
    await stack.stop();
    await database.drop();
  };
  await stack.ready.catch(async (error: unknown) => {
    await stop();
    throw new Error(`${error}\n${lines.slice(-20).join("\n")}`);
  });
  return {
    ...{
      origin: stack.origin,
      port: ports.web,
      seed: random.seed,
      database,
      a,
      b,
      parked,
      parkedMarks: ofNobody,
    },
    ...{ staff, lines, stop, encryptionKey: secrets.encryptionKey, stripped: strippedFiles },
    signIn: (email) => signIn(ports.web, stack.origin, email),
  };
}

/** Letters that occur in no word, digits that occur in no time. */
function marksOf(n: number, below: (limit: number) => number): Marks {
  const letters = (length: number) =>
    Array.from({ length }, () => "bcdfghjklmnpqrstvwxz"[below(20)]).join("");
  const code = String(1_000 + below(9_000));
  return {
    text: `zqt${n}${letters(9)}`,
    name: `zqn${n}${letters(9)}`,
    secret: `zqs${n}${letters(9)}`,
    digits: `52991${n}${code}`.slice(0, 9),
    uuid: `${n}f${code}${n}e`,
    bigint: `7${n}0${code}0000`,
  };
}

async function fillStaff(
  insert: Insert,
  marks: Marks,
  passwordHash: string,
): Promise<MatrixProduct["staff"]> {
  const staff = {
    id: uuid(marks, 11),
    email: `staff.${marks.text}@platform.example`,
    tenantId: uuid(marks, 0),
  };
  await insert("tenants", { id: staff.tenantId, name: `Platform ${marks.name}` });
  await insert("users", { id: staff.id, email: staff.email, password_hash: passwordHash, language: "en" });
  await insert("memberships", { tenant_id: staff.tenantId, user_id: staff.id, role: "admin" });
  await insert("platform_staff", { user_id: staff.id });
  return staff;
}

/** Deliveries and what was set aside of them, two for numbers of the workspaces: only the platform's staff may look. */
async function fillParked(insert: Insert, marks: Marks, tenants: Tenant[]): Promise<Parked> {
  const numbers = [digits(marks, 1), ...tenants.map((tenant) => tenant.ids.phoneNumberId[0] ?? "")];
  const rows = numbers.map((number, n) => ({ number, id: bigint(marks, n + 1) }));
  for (const { id, number } of rows) {
    await insert("webhook_deliveries", {
      ...{
        id,
        provider: "meta_whatsapp",
        request_id: `request-${marks.text}`,
        processed_at: new Date(),
        outcome: "quarantined",
      },
      body: Buffer.from(JSON.stringify({ object: "nothing", said: marks.text })),
    });
    await insert("delivery_quarantine", {
      ...{ id, delivery_id: id, item_path: `entry.${marks.text}`, reason: "failed", phone_number_id: number },
      detail: `detail ${marks.text}`,
    });
  }
  const deletionCode = "d".repeat(32);
  await insert("deletion_requests", {
    ...{ confirmation_code: deletionCode, meta_user_digest: Buffer.alloc(32, 7), requested_at: new Date() },
    ...{ connections_cleared: 1, tokens_destroyed: 1 },
  });
  const ids = rows.map(({ id }) => id);
  return { deliveries: ids, items: ids, numbers: numbers.slice(0, 1), deletionCode };
}

async function signIn(port: number, origin: string, email: string): Promise<string> {
  const answer = await ask(port, { method: "POST", path: "/login", origin, form: { email, password } });
  const cookie = answer.setCookies
    .map((line) => line.split(";")[0])
    .find((pair) => /session=/.test(pair ?? ""));
  if (answer.status !== 303 || !cookie)
    throw new Error(`${email} could not sign in: ${answer.status} ${answer.text.slice(0, 300)}`);
  return cookie;
}

export const everyMark = ({ text, name, secret, digits, uuid, bigint }: Marks) => [
  text,
  name,
  secret,
  digits,
  uuid,
  bigint,
];
