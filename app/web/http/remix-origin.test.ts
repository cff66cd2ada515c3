/** What a route sees of its address, and what Remix makes of a form, whatever the caller names. */
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import type { ServerBuild } from "@remix-run/node";
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRemixHandler } from "./remix.server.ts";

const origins = ["https://app.curbe.example", "http://localhost:3000", "https://app.curbe.example:8443"];

// One route, which answers with the address that it was asked at; for a form as well, past Remix's own check.
const route = {
  loader: async ({ request }: { request: Request }) => new Response(request.url),
  action: async ({ request }: { request: Request }) => new Response(request.url),
};
const build = {
  entry: { module: { default: () => new Response(null, { status: 500 }) } },
  routes: { here: { id: "here", path: "here", module: route } },
  assets: { entry: { imports: [], module: "" }, routes: {}, url: "", version: "1" },
  future: { v3_singleFetch: true },
  publicPath: "/build/",
  assetsBuildDirectory: "public/build",
  isSpaMode: false,
} as unknown as ServerBuild;

const servers: Server[] = [];
const ports: number[] = [];

beforeAll(async () => {
  for (const origin of origins) {
    const app = express();
    app.all("*", createRemixHandler({ build, mode: "test", origin }));
    const server = createServer(app);
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    ports.push((server.address() as AddressInfo).port);
  }
});
afterAll(() => {
  for (const server of servers) server.close();
});

async function ask(port: number, method: string, lines: string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const head = [`${method} /here?a=1 HTTP/1.1`, "Connection: close", "Content-Length: 0", ...lines];
  socket.write([...head, "", ""].join("\r\n"));
  return text(socket);
}

const named: [string, string[]][] = [
  ["its own", ["Host: app.curbe.example"]],
  ["an upstream", ["Host: curbe_upstream"]],
  ["an address", ["Host: 127.0.0.1:3000"]],
  ["another site", ["Host: evil.example", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http"]],
  [
    "another port",
    ["Host: app.curbe.example", "X-Forwarded-Host: app.curbe.example:99", "X-Forwarded-Port: 99"],
  ],
  ["no host at all", ["Host: "]],
  ["no host that could be one", ["Host: a b<>[::"]],
  ["several", ["Host: a", "X-Forwarded-Host: b, c", "X-Forwarded-Host: d"]],
];

test.each(named)(
  "named by %s, the address is that of APP_ORIGIN, for pages and for forms",
  async (_name, lines) => {
    for (const [n, origin] of origins.entries()) {
      const port = ports[n] ?? 0;
      const answers = [
        await ask(port, "GET", lines),
        await ask(port, "POST", [...lines, `Origin: ${origin}`]),
      ];
      for (const answer of answers) {
        expect(answer).toMatch(/^HTTP\/1.1 200 /);
        expect(answer).toContain(`\r\n${origin}/here?a=1\r\n`);
      }
    }
  },
);
