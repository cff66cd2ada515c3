/** What the made-up platform answers. For tests. */
import type { IncomingMessage } from "node:http";

export interface Line {
  id: string;
  /** As the platform writes it: `0034 912 345 678`. */
  dial: string;
  label: string;
}

export interface KeyGrant {
  accounts: string[];
  rights: string[];
  client: string;
}

export interface CarrierWorld {
  client: { id: string; secret: string };
  /** A feed goes to its client's own address (null) or to another. */
  accounts: Record<string, { lines: Line[]; feeds: Map<string, string | null> }>;
  /** Each is of use only to who names again where it led back to. */
  codes: Map<string, { grant: KeyGrant; back: string }>;
  keys: Map<string, KeyGrant>;
  /** Says yes to a feed and does nothing. */
  ignoresFeeds: boolean;
  /** Is away when lines are asked for. */
  hidesLines: boolean;
}

interface Answer {
  status: number;
  json: unknown;
}

const problem = (status: number, name: string): Answer => ({ status, json: { problem: name } });
const linesOnPage = 2;

export function carrierAnswer(world: CarrierWorld, request: IncomingMessage, body: string): Answer {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://carrier");
  const [area = "", id = "", part = ""] = pathname.slice(1).split("/").map(decodeURIComponent);
  if (area === "redeem") return redeem(world, body);
  const key = world.keys.get(request.headers.authorization?.replace(/^Key /, "") ?? "");
  if (!key) return problem(401, "key_dead");
  if (area === "self") return { status: 200, json: key };
  const method = request.method ?? "";
  if (part === "lines" && world.hidesLines) return problem(503, "away");
  if (area === "accounts" && key.accounts.includes(id)) {
    return part === "lines"
      ? pageOfLines(world, id, Number(searchParams.get("page")))
      : feeds(world, method, id, key);
  }
  const line = key.accounts
    .flatMap((account) => world.accounts[account]?.lines ?? [])
    .find((one) => one.id === id);
  if (area === "lines" && line) return lineAnswer(line);
  return problem(404, "not_yours");
}

function redeem(world: CarrierWorld, body: string): Answer {
  const { client, secret, code, back } = JSON.parse(body) as Record<string, string>;
  const known = world.codes.get(code ?? "");
  if (client !== world.client.id || secret !== world.client.secret) return problem(400, "code_bad");
  if (!known || known.back !== back) return problem(400, "code_bad");
  world.codes.delete(code ?? "");
  const key = `key~${code?.split("").reverse().join("")}`;
  world.keys.set(key, known.grant);
  return { status: 200, json: { key, until: "2099-01-01T00:00:00Z" } };
}

function pageOfLines(world: CarrierWorld, account: string, page: number): Answer {
  const lines = world.accounts[account]?.lines ?? [];
  const shown = lines.slice(page * linesOnPage, (page + 1) * linesOnPage);
  const more = lines.length > (page + 1) * linesOnPage;
  return { status: 200, json: { lines: shown.map(({ id, dial, label }) => ({ id, dial, label })), more } };
}

function feeds(world: CarrierWorld, method: string, account: string, { client }: KeyGrant): Answer {
  const known = world.accounts[account]?.feeds ?? new Map<string, string | null>();
  if (method === "PUT" && !world.ignoresFeeds) known.set(client, null);
  if (method === "DELETE") known.delete(client);
  return { status: 200, json: { feeds: [...known].map(([of, to]) => ({ client: of, to })) } };
}

function lineAnswer({ id, label }: Line): Answer {
  return { status: 200, json: { id, label } };
}
