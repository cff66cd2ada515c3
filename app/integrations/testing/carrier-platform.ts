/**
 * A made-up platform for a second channel, over real HTTP and unlike Meta in every shape: keys for tokens, accounts and
 * lines with letters in their ids, pages by number, problems by name. For tests.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type CarrierWorld, carrierAnswer, type KeyGrant, type Line } from "./carrier-endpoints.ts";
import type { Fault } from "./connector-stage.ts";

export interface CarrierPlatform {
  url: string;
  clientId: string;
  clientSecret: string;
  world: CarrierWorld;
  /** A code that leads `back`, whose key reaches these accounts, all of them unless told otherwise. */
  mintCode(back: string, grant?: Partial<KeyGrant>): string;
  mintKey(grant?: Partial<KeyGrant>): string;
  /** What every call meets from now on. */
  breakWith(fault: Fault | undefined): void;
  /** Method and path of every call. */
  calls: string[];
  stop(): Promise<void>;
}

export const carrierRights = ["lines.read", "lines.receive"];

/** Listens on a free port until it is stopped. */
export async function startCarrierPlatform(): Promise<CarrierPlatform> {
  const clientId = "client~curbe";
  const clientSecret = randomBytes(18).toString("base64url");
  const world = newWorld({ id: clientId, secret: clientSecret });
  const calls: string[] = [];
  let fault: Fault | undefined;
  const server = createServer(async (request, response) => {
    calls.push(`${request.method} ${request.url}`);
    const body = await bodyOf(request);
    if (fault) return meet(fault, request, response);
    const { status, json } = carrierAnswer(world, request, body);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const everything = { accounts: Object.keys(world.accounts), rights: carrierRights, client: clientId };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId,
    clientSecret,
    world,
    calls,
    mintCode(back, grant) {
      const code = `code~${randomBytes(18).toString("base64url")}`;
      world.codes.set(code, { grant: { ...everything, ...grant }, back });
      return code;
    },
    mintKey(grant) {
      const key = `keys~${randomBytes(18).toString("base64url")}`;
      world.keys.set(key, { ...everything, ...grant });
      return key;
    },
    breakWith(met) {
      fault = met;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `acct/blue.1` and `acct/grey.3` have one line, `acct/green.2` more lines than a page holds. */
function newWorld(client: CarrierWorld["client"]): CarrierWorld {
  const line = (id: string, dial: string): Line => ({ id, dial, label: `Line ${id}` });
  const many = Array.from({ length: 6 }, (_, index) =>
    line(`ln:green-${index}`, `0044 20 7946 00${10 + index}`),
  );
  return {
    client,
    accounts: {
      "acct/blue.1": { lines: [line("ln:Blue-1", "0034 912 345 678")], feeds: new Map() },
      "acct/green.2": { lines: many, feeds: new Map() },
      "acct/grey.3": { lines: [line("ln:grey-1", "0033 1 99 00 12 34")], feeds: new Map() },
    },
    codes: new Map(),
    keys: new Map(),
    ignoresFeeds: false,
    hidesLines: false,
  };
}

function meet(fault: Fault, request: IncomingMessage, response: ServerResponse): void {
  if (fault === "hang") return;
  if (fault === "reset") return void request.socket.destroy();
  if (fault === "bad_gateway") return void response.writeHead(502).end("<h1>502 Bad Gateway</h1>");
  if (fault === "wrong_shape") return void response.writeHead(200).end('{"lines":7,"key":null,"state":[]}');
  response.writeHead(302, { location: fault.redirectTo }).end();
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
