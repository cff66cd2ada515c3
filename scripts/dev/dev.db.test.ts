/** `npm run dev` and the commands that README names beside it, in a clone of its own, from the first line to Ctrl-C. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createVisitor } from "../../app/e2e/product/visitor.ts";
import { BUSINESS_IDS, NUMBER_IDS } from "../meta-sandbox/world/world.ts";
import { demoPassword } from "../seed.ts";
import { root } from "../stack.ts";
import { answers, type Clone, type Dev, makeClone, running } from "./dev-clone.ts";

const api = "/api/integrations/meta/whatsapp";
let clone: Clone;
let dev: Dev;
beforeAll(async () => {
  clone = makeClone();
  dev = await clone.startDev();
  await dev.ready();
}, 120_000);
afterAll(async () => {
  dev?.ctrlC();
  await dev?.ended;
  clone?.remove();
});

async function signIn(email: string) {
  const { origin } = dev.noted();
  const visitor = createVisitor([origin], origin);
  const answer = await visitor.post("/login", { email, password: demoPassword }, 0);
  expect(answer.headers.get("location")).toBe("/settings/integrations");
  const read = async (place: string) => (await visitor.get(place, 0)).text();
  return { ...visitor, read };
}

async function sandbox<Answer>(place: string, body: object): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(`${dev.noted().sandboxUrl}/sandbox/api${place}`, init);
  expect(answer.ok).toBe(true);
  return (await answer.json()) as Answer;
}

/** Ana, connected to the sandbox's Panadería Luz. */
async function connectedAna() {
  const ana = await signIn("ana@luz.example");
  const begun = await ana.post(`${api}/start`, {}, 0, "application/json");
  const { state } = (await begun.json()) as { state: string };
  const { code } = await sandbox<{ code: string }>("/codes", { businessId: BUSINESS_IDS.luz });
  const back = await ana.get(`${api}/callback?${new URLSearchParams({ state, code })}`, 0);
  expect(back.headers.get("location")).toBe("/settings/integrations?whatsapp=connected");
  return ana;
}

test("who signs in and connects sees a message of the sandbox, and the other workspace does not", async () => {
  const { origin, sandboxUrl, mailsUrl } = dev.noted();
  for (const said of [origin, `${sandboxUrl}/sandbox`, mailsUrl]) expect(dev.said()).toContain(said);
  const [ana, eva] = [await connectedAna(), await signIn("eva@norte.example")];
  expect(await ana.read("/settings/integrations")).toContain("+52 55 1234 5678");
  const sender = { phone: "525587654321", name: "Marta Ríos" };
  await sandbox("/messages", { phoneNumberId: NUMBER_IDS.luz, text: "¿Tienen pan?", sender });
  await expect.poll(() => ana.read("/conversations"), { timeout: 10_000 }).toContain("Marta Ríos");
  expect(await eva.read("/conversations")).not.toContain("Marta");
});

test("replay posts a sample and says which workspace it reached", async () => {
  await connectedAna();
  const { code, said } = await clone.run("npm", "run", "-s", "replay", "--", "--sample", "image");
  const [first, second, third] = said.split("\n");
  expect(first).toMatch(/^HTTP 200, request id replay-/);
  expect(second).toMatch(/^Delivery \d+: processed$/);
  expect(third).toBe(`  number ${NUMBER_IDS.luz}: workspace “Panadería Luz”`);
  expect(code).toBe(0);
});

test("replay posts any file, byte for byte", async () => {
  writeFileSync(path.join(clone.folder, "body.json"), "no JSON");
  const { code, said } = await clone.run("npm", "run", "-s", "replay", "--", "--file", "body.json");
  expect(said).toMatch(/^HTTP 200, request id replay-\S+\nDelivery \d+: quarantined\n/);
  expect(code).toBe(0);
});

test.each([[[]], [["--demo"]]])("db:seed %j puts the demo where DATABASE_URL says", async (args) => {
  const to = `DATABASE_URL=${dev.noted().databaseUrl}`;
  const { code, said } = await clone.run("env", to, "npm", "run", "-s", "db:seed", "--", ...args);
  expect(said).toMatch(/^Demo data is in place\. Sign in as ana@luz\.example, password curbe-demo\.\n/);
  expect(code).toBe(0);
});

test.skipIf(!has("curl") || !has("bash"))("requests.sh goes through the HTTP contract", async () => {
  await connectedAna();
  const { code, said } = await clone.run("scripts/requests.sh", "all");
  const { origin, sandboxUrl } = dev.noted();
  const steps = said.split("\n== ").slice(1);
  const told = steps.map((step) => {
    const [title = "", ...lines] = step.trim().split("\n");
    return [title.split(" ", 2).join(" "), lines.at(-1), lines.slice(0, -1).join("")];
  });
  const connected = (yes: boolean) => expect.stringMatching(`^{"connected":${yes}`);
  expect(told).toEqual([
    ["POST /login", "HTTP 303", ""],
    [
      `POST ${origin}${api}/start`,
      "HTTP 200",
      expect.stringMatching(`^{"authUrl":"${sandboxUrl}/.*"state":"`),
    ],
    [`GET ${origin}${api}/status`, "HTTP 200", connected(true)],
    ["GET /webhooks/meta/whatsapp", "HTTP 200", "1158201444"],
    ["POST /webhooks/meta/whatsapp", "HTTP 200", "OK"],
    [`POST ${origin}${api}/disconnect`, "HTTP 200", connected(false)],
    [`GET ${origin}${api}/status`, "HTTP 200", connected(false)],
  ]);
  expect(code).toBe(0);
});

test("doctor looks at it, with nothing set", async () => {
  const { code, said } = await clone.run("npm", "run", "-s", "doctor");
  expect(said).toContain("Environment: the running npm run dev.");
  expect(said).toMatch(/ok, \d+ warn, 0 FAIL/);
  expect(code).toBe(0);
});

test("another one in the same clone says so, and leaves it alone", async () => {
  const { code, said } = await clone.run("node", "scripts/dev.ts");
  expect(said).toMatch(/^npm run dev is already running here \(pid \d+\): stop it first\.\n$/);
  expect(code).toBe(1);
  expect((await fetch(`${dev.noted().origin}/readyz`)).status).toBe(200);
});

test("Ctrl-C ends all of it: no process, no port, no note", async () => {
  const processes = dev.processes();
  const wanted = [
    /dev\.ts/,
    /bin\/postgres/,
    /meta-sandbox/,
    /remix-run\/dev/,
    /web\/index\.js/,
    /worker\/index\.ts/,
  ];
  for (const part of wanted) expect(running(processes).join("\n")).toMatch(part);
  const addresses = Object.values(dev.noted()).filter((one) => URL.canParse(String(one)));
  expect(addresses).toHaveLength(5);
  for (const address of addresses) expect(await answers(address), address).toBe(true);

  dev.ctrlC();
  await dev.ended;
  await expect.poll(() => running(processes), { interval: 50, timeout: 10_000 }).toEqual([]);
  for (const address of addresses) expect(await answers(address), address).toBe(false);
  for (const note of [".data/dev.json", ".data/postgres/postmaster.pid"])
    expect(existsSync(path.join(clone.folder, note)), note).toBe(false);
});

// Last: a running web would begin anew with what it writes.
test("db:walls writes what the migrations make, which is what stands here", async () => {
  const files = ["db/walls.txt", "db/schema-level.ts"];
  const read = (folder: string) => files.map((file) => readFileSync(path.join(folder, file), "utf8"));
  for (const file of files) writeFileSync(path.join(clone.folder, file), "");
  const { code, said } = await clone.run("npm", "run", "-s", "db:walls");
  expect(said).toMatch(/^db\/walls\.txt: \d+ facts\.\n$/);
  expect(code).toBe(0);
  expect(read(clone.folder)).toEqual(read(root));
});

function has(program: string): boolean {
  try {
    return execFileSync(program, ["--version"]).length > 0;
  } catch {
    return false;
  }
}
