/** `npm run dev` more than once in a clone: after Ctrl-C, after Ctrl-C while it was starting, and after it was killed. */
import { existsSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createVisitor } from "../../app/e2e/product/visitor.ts";
import { BUSINESS_IDS } from "../meta-sandbox/world/world.ts";
import { demoPassword } from "../seed.ts";
import { type Clone, type Dev, makeClone, running } from "./dev-clone.ts";

let clone: Clone;
let dev: Dev;
beforeEach(() => {
  clone = makeClone();
});
afterEach(async () => {
  dev.ctrlC();
  await dev.ended;
  clone.remove();
});

const untilGone = (processes: number[]) =>
  expect.poll(() => running(processes), { interval: 50, timeout: 20_000 }).toEqual([]);

async function pressCtrlC(): Promise<void> {
  const processes = dev.processes();
  dev.ctrlC();
  await dev.ended;
  await untilGone(processes);
}

/** Ana, at the `dev` that runs now. */
async function signIn() {
  const { origin } = dev.noted();
  const visitor = createVisitor([origin], origin);
  const answer = await visitor.post("/login", { email: "ana@luz.example", password: demoPassword }, 0);
  expect(answer.headers.get("location")).toBe("/settings/integrations");
  return visitor;
}

test("a second start finds what the first one stored, and opens what it sealed", async () => {
  dev = await clone.startDev();
  await dev.ready();
  const visitor = await signIn();
  const begun = await visitor.post("/api/integrations/meta/whatsapp/start", {}, 0, "application/json");
  const { state } = (await begun.json()) as { state: string };
  const minted = await fetch(`${dev.noted().sandboxUrl}/sandbox/api/codes`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ businessId: BUSINESS_IDS.luz }),
  });
  const { code } = (await minted.json()) as { code: string };
  await visitor.get(`/api/integrations/meta/whatsapp/callback?${new URLSearchParams({ state, code })}`, 0);
  await pressCtrlC();

  dev = await clone.startDev();
  await dev.ready();
  const again = await signIn();
  const status = await again.get("/api/integrations/meta/whatsapp/status", 0);
  expect(await status.json()).toMatchObject({ connected: true, phone_number_e164: "+525512345678" });
  const { said } = await clone.run("npm", "run", "-s", "doctor");
  expect(said).toMatch(/ok +sealed tokens +1 under the primary key/);
});

test("Ctrl-C at any moment of a start leaves nothing, and the next start works", async () => {
  const moments: [string, () => boolean][] = [
    ["its first line", () => dev.said().includes("node scripts/dev.ts")],
    ["its note", () => existsSync(path.join(clone.folder, ".data/dev.json"))],
    ["PostgreSQL", () => running(dev.processes()).some((one) => one.includes("bin/postgres"))],
    ["the sandbox", () => dev.said().includes("sandbox |")],
    ["the compiler", () => dev.said().includes("building...")],
  ];
  for (const [what, hasCome] of moments) {
    dev = await clone.startDev();
    await expect.poll(hasCome, { interval: 10, timeout: 60_000, message: what }).toBe(true);
    await pressCtrlC();
    expect(existsSync(path.join(clone.folder, ".data/dev.json")), what).toBe(false);
  }
  dev = await clone.startDev();
  await dev.ready();
  await signIn();
});

test("killed, all of it, but for what it had started: the next start ends that first, and works", async () => {
  dev = await clone.startDev();
  await dev.ready();
  const before = dev.processes();
  // Its own watchdog as well, which would else have ended them.
  const own = running(before).filter((line) => /npm run dev|scripts\/dev\.ts|watchdog\.ts/.test(line));
  for (const line of own) process.kill(Number.parseInt(line, 10), "SIGKILL");
  await dev.ended;
  expect(running(before).join("\n")).toMatch(/bin\/postgres[\s\S]*meta-sandbox/);
  dev = await clone.startDev();
  await dev.ready();
  await untilGone(before);
  await signIn();
});
