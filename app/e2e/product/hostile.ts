/** Two webs and a worker with secrets that the test knows, so that it can sign, and mis-sign, deliveries by itself. */
import { createHmac } from "node:crypto";
import { expect } from "@playwright/test";
import { connectWorkspace } from "../../inbox/testing/test-workspaces.ts";
import { startAfresh } from "./afresh.ts";
import { type TwoWebs, test as withTwoWebs } from "./two-webs.ts";

export interface HostileProduct extends TwoWebs {
  webPorts: [number, number];
  webPids: [number, number];
  /** Its deliveries belong to a workspace. */
  phoneNumberId: string;
}

export const path = "/webhooks/meta/whatsapp";

export function sign(secret: string, body: Uint8Array): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** Two webs with one connected number; a test that left a 5xx behind, or after which a process has ended, fails. */
export const test = withTwoWebs.extend<{ product: HostileProduct }>({
  product: async ({ started }, use) => {
    const from = started.lines.length;
    const before = started.pids();
    await startAfresh(started);
    const phoneNumberId = "106540352242922";
    await connectWorkspace(started.database, phoneNumberId);
    const [, firstPid = 0, secondPid = 0] = before;
    const [first = 0, second = 0] = started.ports.webs;
    await use({ ...started, phoneNumberId, webPorts: [first, second], webPids: [firstPid, secondPid] });
    expect(started.lines.slice(from).filter(isTrouble)).toEqual([]);
    // A process that died and was started again has another id.
    expect(started.pids()).toEqual(before);
  },
});

/** A 5xx, an error of ours, or anything at all that is no line of the log. */
function isTrouble(line: string): boolean {
  // Others hold all the room for bodies: that is what a form is told that does not come to its end.
  if (/"route":"\/login","status":503/.test(line)) return false;
  return (
    /^web.*("status":5\d\d|"level":"(error|fatal)")/.test(line) || /^web(?: \d+)? (?!\d+ \{|\{)/.test(line)
  );
}

/** Posts a delivery as Meta does. */
export function post(
  { webPorts, secrets }: HostileProduct,
  body: Uint8Array,
  { web = 0, secret = secrets.appSecret }: { web?: 0 | 1; secret?: string } = {},
): Promise<Response> {
  return fetch(`http://127.0.0.1:${webPorts[web]}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-signature-256": sign(secret, body) },
    body: Buffer.from(body),
  });
}

/** Waits until the worker has closed whatever was accepted, and returns how many deliveries there are. */
export async function untilAllClosed({ sql }: HostileProduct): Promise<number> {
  const open = () => sql("select id from webhook_deliveries where processed_at is null limit 1");
  await expect.poll(open, { intervals: [20], timeout: 20_000 }).toEqual([]);
  const [{ n } = { n: -1 }] = await sql<{ n: number }>("select count(*)::int as n from webhook_deliveries");
  return n;
}
