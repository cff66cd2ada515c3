/** People who sign in and connect by plain HTTP, and what can be seen of it in the database and at Meta's side. */
import { randomUUID } from "node:crypto";
import { expect } from "@playwright/test";
import type { ReasonCode } from "../../integrations/connect/reasons.ts";
import { hashPassword } from "../../platform/passwords.server.ts";
import { english as texts } from "../../texts/en/index.ts";
import { openSession } from "../product/session.ts";
import type { Product } from "../product/start.ts";
import { createVisitor, type Visitor } from "../product/visitor.ts";

export const api = "/api/integrations/meta/whatsapp";
export const connectedPlace = "/settings/integrations?whatsapp=connected";
export const pickerPlace = "/settings/integrations/whatsapp/choose-number";
export const failedPlace = (reason: ReasonCode) => `/settings/integrations?whatsapp=error&reason=${reason}`;

export interface Person {
  tenantId: string;
  /** The name of their workspace; nobody else has it. */
  workspace: string;
  userId: string;
  email: string;
  visitor: Visitor;
}

const password = "curbe-demo";
let passwordHash: Promise<string> | undefined;

/** Somebody with a session, in a new workspace or in a colleague's. */
export async function somebody(product: Product, colleague?: Person): Promise<Person> {
  passwordHash ??= hashPassword(password);
  const userId = randomUUID();
  const tenantId = colleague?.tenantId ?? randomUUID();
  const workspace = colleague?.workspace ?? `Taller ${tenantId.slice(0, 8)}`;
  const email = `${userId}@example.test`;
  const { sql } = product;
  await sql("insert into tenants (id, name) values ($1, $2) on conflict do nothing", [tenantId, workspace]);
  await sql("insert into users (id, email, password_hash) values ($1, $2, $3)", [
    userId,
    email,
    await passwordHash,
  ]);
  await sql("insert into memberships values ($1, $2, 'member')", [tenantId, userId]);
  const visitor = createVisitor(
    product.webs,
    product.origin,
    await openSession(product, { userId, tenantId }),
  );
  return { tenantId, workspace, userId, email, visitor };
}

/** A browser of their own, signed in at the second process. */
export async function signIn({ webs, origin }: Product, email: string): Promise<Visitor> {
  const visitor = createVisitor(webs, origin);
  const answer = await visitor.post("/login", { email, password }, 1);
  expect(answer.headers.get("location")).toBe("/settings/integrations");
  return visitor;
}

export function people(product: Product, count: number): Promise<Person[]> {
  return Promise.all(Array.from({ length: count }, () => somebody(product)));
}

/** Sets out to Meta; the state that is to come back. */
export async function begin({ visitor }: { visitor: Visitor }, web: number): Promise<string> {
  const answer = await visitor.post(`${api}/start`, {}, web, "application/json");
  expect(answer.status).toBe(200);
  const { state } = (await answer.json()) as { state: string };
  return state;
}

/** A code as Meta's dialog would have issued it. */
export async function mint({ control }: Product, grant: object): Promise<string> {
  const { code } = await control<{ code: string }>("/codes", grant);
  return code;
}

/** Comes back from Meta; where the visitor is sent. */
export async function comeBack(
  { visitor }: { visitor: Visitor },
  query: Record<string, string>,
  web: number,
): Promise<string> {
  const answer = await visitor.get(`${api}/callback?${new URLSearchParams(query)}`, web);
  expect(answer.status).toBe(303);
  expect(answer.headers.get("cache-control")).toBe("no-store");
  // Of several policies a browser takes the last one it knows.
  expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
  return answer.headers.get("location") ?? "";
}

export async function read({ visitor }: { visitor: Visitor }, path: string, web: number): Promise<string> {
  const answer = await visitor.get(path, web);
  expect(answer.status, path).toBe(200);
  return answer.text();
}

/** The words of the page where a refused attempt ends, beside the button to try again. */
export async function expectToldWhy(
  person: { visitor: Visitor },
  reason: ReasonCode,
  web: number,
  { hasGrant = false } = {},
) {
  const page = await read(person, failedPlace(reason), web);
  const { title, text } = texts.channels.meta_whatsapp.reasons[reason];
  // Only as much as the notice and what follows it, so that a failure can be read.
  const told = page.slice(page.indexOf('role="alert"'), page.lastIndexOf("</main>"));
  expect(told.slice(0, 1_500)).toContain(title);
  // With a grant that is kept the card says how to go on.
  expect(told.slice(0, 1_500).includes(text)).toBe(!hasGrant);
  expect(told).toContain(`action="${api}/start"`);
  return page;
}

/** The reasons of the attempts of a workspace that ended without a connection, oldest first. */
export async function failures({ sql }: Product, { tenantId }: { tenantId: string }): Promise<string[]> {
  const rows = await sql<{ reason: string }>(
    `select detail->>'reason' as reason from connection_events
      where tenant_id = $1 and kind = 'connect_failed' and actor_user_id is not null and request_id is not null
      order by id`,
    [tenantId],
  );
  return rows.map((row) => row.reason);
}

/** From the button at one process to the page where it ends, by way of the other. */
export async function connect(
  product: Product,
  person: Person,
  grant: object,
  extra: Record<string, string> = {},
): Promise<string> {
  const state = await begin(person, 0);
  return comeBack(person, { state, code: await mint(product, grant), ...extra }, 1);
}
