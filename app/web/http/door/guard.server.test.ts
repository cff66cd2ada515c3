import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { expect, onTestFinished, test } from "vitest";
import { createBareServer, plainHeaders } from "../../../platform/bare-server.server.ts";
import { guard } from "./guard.server.ts";

const setting = {
  origin: "https://app.example.com",
  dialogOrigin: "https://www.facebook.com",
};

async function headersUnder(more: { dialogOrigin?: string; sdkOrigin?: string } = {}) {
  const app = express();
  app.use(guard({ ...setting, ...more }));
  app.use((_request, response) => void response.send("ok"));
  const log = { error: (message: string) => expect.unreachable(message) };
  const bare = createBareServer({ log, secure: true }, (request, response) => app(request, response));
  const server = bare.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return Object.fromEntries(answer.headers) as IncomingHttpHeaders & Record<string, string>;
}

async function policyUnder(more: Parameters<typeof headersUnder>[0] = {}): Promise<string> {
  const policy = (await headersUnder(more))["content-security-policy"] ?? "";
  return policy.replace(/'nonce-[\w+/=]{24}'/, "'nonce-N'");
}

const strict = [
  "default-src 'self'",
  "script-src 'self' 'nonce-N'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self' https://www.facebook.com",
  "base-uri 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
];

test("without a sign-up window only our own origin is let in", async () => {
  expect(await policyUnder()).toBe(strict.join(";"));
});

test("a script is let in by a nonce of its answer, 16 bytes that no other answer has", async () => {
  const nonces = [];
  for (let n = 0; n < 3; n++)
    nonces.push(
      /'nonce-([\w+/=]+)'/.exec((await headersUnder())["content-security-policy"] ?? "")?.[1] ?? "",
    );
  expect(nonces.map((nonce) => Buffer.from(nonce, "base64").length)).toEqual([16, 16, 16]);
  expect(new Set(nonces).size).toBe(3);
});

test("with one, Meta's script and the three hosts that it needs, and nothing else", async () => {
  const hosts = "https://www.facebook.com https://graph.facebook.com https://connect.facebook.net";
  const opened = strict.with(1, `${strict[1]} https://connect.facebook.net`).with(4, `${strict[4]} ${hosts}`);
  const policy = await policyUnder({ sdkOrigin: "https://connect.facebook.net" });
  expect(policy).toBe(opened.toSpliced(5, 0, `frame-src ${hosts}`).join(";"));
});

test("with a stand-in for Meta, the stand-in alone", async () => {
  const sandbox = "http://127.0.0.1:4000";
  const policy = await policyUnder({ sdkOrigin: sandbox, dialogOrigin: sandbox });
  expect(policy).not.toContain("facebook");
  expect(policy).toContain(`script-src 'self' 'nonce-N' ${sandbox};`);
  expect(policy).toContain(`connect-src 'self' ${sandbox};frame-src ${sandbox};`);
});

test("a window that the page opens may talk back, whatever is set up", async () => {
  for (const more of [{}, { sdkOrigin: "https://connect.facebook.net" }]) {
    const headers = await headersUnder(more);
    expect(headers["cross-origin-opener-policy"]).toBe("same-origin-allow-popups");
    expect(headers["x-frame-options"]).toBe("DENY");
  }
});

test("a page says what every answer says, and allows itself more than nothing", async () => {
  const headers = await headersUnder();
  const { "Content-Security-Policy": nothing, "Cache-Control": kept, ...plain } = plainHeaders(true);
  for (const [name, value] of Object.entries(plain)) expect(headers[name.toLowerCase()], name).toBe(value);
  expect(headers["cache-control"]).toBe(kept);
  expect(headers["content-security-policy"]).not.toBe(nothing);
  for (const name of ["origin-agent-cluster", "cross-origin-resource-policy", "x-dns-prefetch-control"])
    expect(headers[name], name).toBeDefined();
});
