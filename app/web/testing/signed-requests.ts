/** Meta's callbacks about its users: signed requests sent to the routes, and what became of the connections. For tests. */
import { createHmac } from "node:crypto";
import { beforeAll, expect } from "vitest";
import * as deletion from "../../routes/webhooks.meta.data-deletion.ts";
import * as deauthorize from "../../routes/webhooks.meta.deauthorize.ts";
import type { connectFlows } from "./connect-flows.ts";
import { type AskPage, openPages } from "./pages.ts";
import { callRoute, type TestPerson } from "./product.ts";

export const callbacks = { deauthorize, "data-deletion": deletion };
export type Callback = keyof typeof callbacks;

export interface Confirmation {
  url: string;
  confirmation_code: string;
}

export interface StoredConnection {
  id: string;
  status: string;
  access_token_enc: string | null;
  token_expires_at: Date | null;
  scopes: string[];
  granted_by_meta_user: string | null;
  granted_at: Date | null;
  metadata: {
    error?: { code: string; at: string };
    choices?: unknown;
  };
}

export const seconds = (at = Date.now()) => Math.floor(at / 1000);

/** On top of the flows of connecting: callbacks and pages of the same product. */
export function signedRequests({ flow, connections }: ReturnType<typeof connectFlows>) {
  let askPage: AskPage;
  beforeAll(async () => {
    askPage = await openPages();
  });
  const sql = <Row>(text: string, values: unknown[] = []) => flow.product.database.sql<Row>(text, values);

  function sign(userId: string, issuedAt = seconds(), key?: string): string {
    const secret = key ?? flow.product.services.webhooks.appSecrets[0]?.reveal() ?? "";
    const facts = { algorithm: "HMAC-SHA256", issued_at: issuedAt, user_id: userId };
    const payload = Buffer.from(JSON.stringify(facts)).toString("base64url");
    return `${createHmac("sha256", secret).update(payload).digest("base64url")}.${payload}`;
  }

  function send(callback: Callback, body: RequestInit["body"], init: RequestInit = {}): Promise<Response> {
    const url = `${flow.product.origin}/webhooks/meta/${callback}`;
    const request = new Request(url, { method: "POST", body: body ?? null, ...init });
    return callRoute(callbacks[callback].action, request, {});
  }

  const tell = (callback: Callback, userId: string, issuedAt?: number) =>
    send(callback, new URLSearchParams({ signed_request: sign(userId, issuedAt) }));

  /** The confirmation of a deletion that was carried out. */
  async function erase(userId: string, issuedAt?: number): Promise<Confirmation> {
    const answer = await tell("data-deletion", userId, issuedAt);
    expect(answer.status).toBe(200);
    return answer.json() as Promise<Confirmation>;
  }

  /** The one connection of a person's workspace. */
  async function onlyConnection(person: TestPerson): Promise<StoredConnection> {
    const [row, ...others] = await connections(person);
    expect(others).toEqual([]);
    return row as unknown as StoredConnection;
  }

  const grantorOf = async (person: TestPerson) => (await onlyConnection(person)).granted_by_meta_user ?? "";

  /** As if this person at Meta had granted the workspace's connections. */
  const grantAs = (person: TestPerson, userId: string) =>
    sql(
      `update channel_connections set granted_by_meta_user = $2
        where tenant_id = $1 and granted_at is not null`,
      [person.tenantId, userId],
    );

  const eventsOf = async (person: TestPerson) =>
    (
      await sql<{ kind: string }>("select kind from connection_events where tenant_id = $1 order by id", [
        person.tenantId,
      ])
    ).map(({ kind }) => kind);

  const requestsOf = (code: string) =>
    sql<Record<string, unknown>>("select * from deletion_requests where confirmation_code = $1", [code]);

  /** The markup of a page without the data that its scripts carry. */
  async function page(path: string, person?: TestPerson, status = 200): Promise<string> {
    const headers: Record<string, string> = person ? { cookie: person.cookie } : {};
    const answer = await askPage(new Request(flow.product.origin + path, { headers }));
    expect(answer.status).toBe(status);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    return (await answer.text()).replace(/<script[\s\S]*?<\/script>/g, "");
  }

  return { sql, sign, send, tell, erase, onlyConnection, grantorOf, grantAs, eventsOf, requestsOf, page };
}
