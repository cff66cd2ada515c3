import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { type Sandbox, type SandboxOptions, startSandbox } from "./sandbox.ts";

export const APP_ID = "900100000000000101";
export const APP_SECRET = "not-a-real-secret";
export const REDIRECT_URI = "http://127.0.0.1:3000/api/integrations/meta/whatsapp/callback";
const VERIFY_TOKEN = "verify-me";

/** A sandbox on a free port that ends with the test. */
export async function sandboxForTest(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({
    appId: APP_ID,
    appSecret: APP_SECRET,
    redirectUris: [REDIRECT_URI],
    retryDelaysMs: [],
    ...options,
  });
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

export interface Received {
  bytes: Buffer;
  headers: IncomingHttpHeaders;
}

export interface Receiver {
  callbackUrl: string;
  received: Received[];
  /** Statuses of the next answers; 200 when it is empty. */
  answers: number[];
}

/** A webhook endpoint that answers the challenge and keeps what it gets. */
export async function receiverForTest(verifyToken = VERIFY_TOKEN): Promise<Receiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://receiver");
    if (request.method === "GET") {
      const accepted = searchParams.get("hub.verify_token") === verifyToken;
      response.writeHead(accepted ? 200 : 403).end(accepted ? searchParams.get("hub.challenge") : "no");
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ bytes: Buffer.concat(chunks), headers: request.headers });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { callbackUrl: `http://127.0.0.1:${port}/hook`, received, answers };
}

/** A sandbox whose app has a working callback. */
export async function sandboxWithReceiver(options: Partial<SandboxOptions> = {}) {
  const receiver = await receiverForTest();
  const webhook = { callbackUrl: receiver.callbackUrl, verifyToken: VERIFY_TOKEN };
  const sandbox = await sandboxForTest({ webhook, ...options });
  return { sandbox, receiver };
}

export interface GraphCall {
  method?: string;
  token?: string;
  body?: unknown;
}

/** A Graph call with the token in the Authorization header. */
export async function graph(sandbox: Sandbox, path: string, { method = "GET", token, body }: GraphCall = {}) {
  const response = await fetch(`${sandbox.url}/v25.0${path}`, {
    method,
    redirect: "manual",
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // The shapes are what the tests check, so the type stays open.
  // biome-ignore lint/suspicious/noExplicitAny: answers of any endpoint
  const answer: any = await response.json();
  return { status: response.status, headers: response.headers, body: answer };
}

export function tokenFor(sandbox: Sandbox, businessId: string): string {
  return sandbox.control.mintToken({ businessId }).token;
}

export type Form = [step: string, fields: [string, string][]];

export const SIGN_IN = (person: string): Form => ["sign-in", [["person", person]]];
export const APPROVAL: Form = [
  "review",
  ["whatsapp_business_management", "whatsapp_business_messaging"].map((scope) => ["permission", scope]),
];
export const CANCEL = (step: string): Form => [step, [["action", "cancel"]]];

/** Opens a dialog and answers as many of its forms as are given; resolves with where the last one leads. */
export async function goThroughDialog(sandbox: Sandbox, path: string, forms: Form[]): Promise<string> {
  const opened = await (await fetch(`${sandbox.url}${path}`)).text();
  const base = /action="(\/dialog\/oauth\/[^/"]+)/.exec(opened)?.[1] ?? "";
  let location = "";
  for (const [step, fields] of forms) {
    const body = new URLSearchParams(fields);
    const response = await fetch(`${sandbox.url}${base}/${step}`, {
      method: "POST",
      redirect: "manual",
      body,
    });
    location = response.headers.get("location") ?? "";
  }
  return location;
}
