/** The built product over a database of its own with two full workspaces, and everybody who could try to look across. */

import { hashPassword } from "../../platform/passwords.server.ts";
import { openSession } from "../product/session.ts";
import { type Product, startProduct } from "../product/start.ts";
import { seededRandom } from "../two-webs/seeded-random.ts";
import type { Parked } from "./asks/asks.ts";
import { bigint, digits, type Insert, inserting, uuid } from "./tenant/marked.ts";
import type { Marks } from "./tenant/needles.ts";
import { fillTenant, type Tenant } from "./tenant/tenant.ts";

export interface MatrixProduct extends Product, Residents {
  /** Of the first and only web. */
  port: number;
  seed: number;
  /** The files of queries that have lost their tenant filters so far, as the processes said. */
  stripped(): Set<string>;
  /** A new session's cookie. */
  signIn(email: string): Promise<string>;
}

/** Whoever and whatever is in the database. */
interface Residents {
  a: Tenant;
  b: Tenant;
  parked: Parked;
  parkedMarks: Marks;
  staff: { id: string; email: string; tenantId: string };
}

export async function startMatrixProduct({ stripped = false } = {}): Promise<MatrixProduct> {
  const random = seededRandom();
  const watched = stripped ? ["app/e2e/matrix/watched.ts"] : [];
  let residents: Residents | undefined;
  const product = await startProduct({
    nodeOptions: { web: watched, worker: watched },
    env: () => ({ STRIP_TENANT_FILTERS: stripped ? "yes" : "no" }),
    arrange: async ({ sql }) => {
      residents = await fill(inserting(sql), random.below);
    },
  });
  if (!residents) throw new Error("Nobody was put into the database.");
  return {
    ...product,
    ...residents,
    port: product.ports.webs[0] ?? 0,
    seed: random.seed,
    stripped: () =>
      new Set(product.lines.flatMap((line) => /^\w+ \{"stripped":"([^"]+)"\}$/.exec(line)?.[1] ?? [])),
    signIn: (email) => sessionOf(product, email),
  };
}

async function fill(insert: Insert, below: (limit: number) => number): Promise<Residents> {
  const marks = [1, 2, 3, 4].map((n) => marksOf(n, below));
  const [ofA, ofB, ofStaff, ofNobody] = marks as [Marks, Marks, Marks, Marks];
  // Nobody signs in by it.
  const passwordHash = await hashPassword("none of these is anybody's password");
  const a = await fillTenant(insert, ofA, passwordHash);
  const b = await fillTenant(insert, ofB, passwordHash);
  const staff = await fillStaff(insert, ofStaff, passwordHash);
  return { a, b, staff, parked: await fillParked(insert, ofNobody, [a, b]), parkedMarks: ofNobody };
}

async function sessionOf(product: Product, email: string): Promise<string> {
  const [person] = await product.sql<{ userId: string; tenantId: string }>(
    `select u.id as "userId", m.tenant_id as "tenantId" from users u join memberships m on m.user_id = u.id
      where u.email = $1`,
    [email],
  );
  if (!person) throw new Error(`${email} is nobody.`);
  const { name, value } = await openSession(product, person);
  return `${name}=${value}`;
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

async function fillStaff(insert: Insert, marks: Marks, passwordHash: string): Promise<Residents["staff"]> {
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
      id,
      provider: "meta_whatsapp",
      request_id: `request-${marks.text}`,
      processed_at: new Date(),
      outcome: "quarantined",
      body: Buffer.from(JSON.stringify({ object: "nothing", said: marks.text })),
    });
    await insert("delivery_quarantine", {
      id,
      delivery_id: id,
      item_path: `entry.${marks.text}`,
      reason: "failed",
      phone_number_id: number,
      detail: `detail ${marks.text}`,
    });
  }
  const deletionCode = "d".repeat(32);
  await insert("deletion_requests", {
    confirmation_code: deletionCode,
    meta_user_digest: Buffer.alloc(32, 7),
    requested_at: new Date(),
    connections_cleared: 1,
    tokens_destroyed: 1,
  });
  const ids = rows.map(({ id }) => id);
  return { deliveries: ids, items: ids, numbers: numbers.slice(0, 1), deletionCode };
}

export const everyMark = ({ text, name, secret, digits, uuid, bigint }: Marks) => [
  text,
  name,
  secret,
  digits,
  uuid,
  bigint,
];
