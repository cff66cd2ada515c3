import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  APP_ID,
  APP_SECRET,
  graph,
  REDIRECT_URI,
  sandboxForTest,
  sandboxWithReceiver,
  tokenFor,
} from "./testing.ts";
import { KIND_GROUPS, KIND_NAMES } from "./webhooks/kinds.ts";
import { BUSINESS_IDS, NUMBER_IDS, WABA_IDS } from "./world/world.ts";

const stateFile = () => join(mkdtempSync(join(tmpdir(), "meta-sandbox-")), "state.json");

describe("state file", () => {
  test("tokens, subscriptions, added numbers and the clock survive a restart", async () => {
    const file = stateFile();
    const first = await sandboxForTest({ stateFile: file });
    const token = tokenFor(first, BUSINESS_IDS.luz);
    await graph(first, `/${WABA_IDS.luz}/subscribed_apps`, { method: "POST", token });
    const added = first.control.addNumber({
      wabaId: WABA_IDS.luz,
      displayPhoneNumber: "+52 55 7777 0001",
      verifiedName: "Sucursal",
    });
    await first.control.advanceClock(3_600_000);
    await first.stop();
    const second = await sandboxForTest({ stateFile: file });
    const { data } = (await graph(second, `/${WABA_IDS.luz}/phone_numbers?fields=id`, { token })).body;
    expect(data.map(({ id }: { id: string }) => id)).toEqual([added.id, NUMBER_IDS.luz]);
    expect(second.control.snapshot().wabas.find(({ id }) => id === WABA_IDS.luz)?.subscribed).toBe(true);
    expect(second.control.snapshot().now).toBeGreaterThan(Date.now() + 3_000_000);
  });

  test("an unreadable file is set aside and the seeded world is used", async () => {
    const file = stateFile();
    writeFileSync(file, "{half");
    const sandbox = await sandboxForTest({ stateFile: file });
    expect(Object.keys(sandbox.world.people)).toHaveLength(5);
    expect(readFileSync(`${file}.unreadable`, "utf8")).toBe("{half");
    expect(existsSync(file)).toBe(false);
  });
});

describe("control API", () => {
  const post = async (url: string, body: unknown) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers of any route
    return { status: response.status, body: (await response.json()) as any };
  };

  test("sends, watches and resets over HTTP, and never shows a token in the world", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    const api = `${sandbox.url}/sandbox/api`;
    const minted = await post(`${api}/tokens`, { businessId: BUSINESS_IDS.luz });
    const sent = await post(`${api}/messages`, { phoneNumberId: NUMBER_IDS.luz, text: "hola", force: true });
    expect(sent.body).toMatchObject({
      status: 200,
      held: [],
      messageIds: [expect.stringMatching(/^wamid\./)],
    });
    expect(sent.body.deliveries).toMatchObject([{ state: "delivered" }]);
    expect(receiver.received[0]?.bytes.toString("utf8")).toContain("hola");
    const world = await (await fetch(`${api}/world`)).text();
    expect(world).not.toContain(minted.body.token);
    expect(world).not.toContain(APP_SECRET);
    expect((await post(`${api}/reset`, {})).body.tokens).toEqual([]);
  });

  test("refuses what it does not understand with 400 and a reason", async () => {
    const sandbox = await sandboxForTest();
    const api = `${sandbox.url}/sandbox/api`;
    for (const [path, body] of [
      ["messages", { text: "no number" }],
      ["messages", { phoneNumberId: "1", colour: "red" }],
      ["switches", { tokenType: "ROBOT" }],
      ["scenarios", { endpoint: "nowhere", outcome: { kind: "ok" } }],
      ["wabas", { businessId: "1", name: "x" }],
    ] as const) {
      const answer = await post(`${api}/${path}`, body);
      expect(answer.status).toBe(400);
      expect(answer.body.error).toBeTypeOf("string");
    }
  });
});

describe("control page", () => {
  const submit = async (url: string, name: string, fields: Record<string, string>) => {
    const body = new URLSearchParams(fields);
    const response = await fetch(`${url}/sandbox/forms/${name}`, {
      method: "POST",
      body,
      redirect: "manual",
    });
    expect(response.status).toBe(303);
    const page = await (await fetch(new URL(response.headers.get("location") ?? "", url))).text();
    return /role="status">([^<]*)</.exec(page)?.[1];
  };

  test("says what became of every form", async () => {
    const { sandbox } = await sandboxWithReceiver();
    const number = { phoneNumberId: NUMBER_IDS.luz, kind: "text" };
    expect(await submit(sandbox.url, "message", number)).toBe("not subscribed: nothing sent");
    expect(await submit(sandbox.url, "message", { ...number, force: "on" })).toMatch(
      /^Delivered: HTTP 200 · wamid\.\S+$/,
    );
    expect(await submit(sandbox.url, "resend", {})).toBe("Delivered: HTTP 200");
    expect(await submit(sandbox.url, "unknown-number", {})).toBe("Delivered: HTTP 200");
    expect(await submit(sandbox.url, "dashboard-test", {})).toBe("Delivered: HTTP 200");
    expect(await submit(sandbox.url, "handshake", {})).toBe(
      "Challenge accepted: HTTP 200 with the challenge",
    );
    expect(await submit(sandbox.url, "switches", { tokenType: "USER" })).toBe("Switches saved.");
    expect(await submit(sandbox.url, "status", { status: "read" })).toMatch(
      /^Not done: phoneNumberId is needed/,
    );
    const account = { wabaId: WABA_IDS.luz, event: "PARTNER_REMOVED", force: "on" };
    expect(await submit(sandbox.url, "account-event", account)).toBe("Delivered: HTTP 200");
    expect(await submit(sandbox.url, "batch", {})).toBe("Choose at least one number.");
    expect(await submit(sandbox.url, "batch", number)).toBe("not subscribed: nothing sent");
    const portfolio = { businessId: BUSINESS_IDS.luz, name: "Cuenta" };
    expect(await submit(sandbox.url, "account", portfolio)).toMatch(/^Added WhatsApp account \d+\.$/);
    const added = { wabaId: WABA_IDS.luz, displayPhoneNumber: "+52 55 7777 0001", verifiedName: "Sucursal" };
    expect(await submit(sandbox.url, "number", added)).toMatch(/^Added number \d+\.$/);
    expect(await submit(sandbox.url, "token", portfolio)).toMatch(/^Token: \S+$/);
    expect(await submit(sandbox.url, "revoke", { removeApp: "on" })).toBe("Revoked: 1 token.");
    expect(await submit(sandbox.url, "clock", { advanceMs: "31000" })).toMatch(
      /^The sandbox&#39;s time is now/,
    );
    const preset = { endpoint: "me", preset: "502 HTML", times: "" };
    expect(await submit(sandbox.url, "scenario", preset)).toBe("Scenario added: me 502 HTML.");
    expect(sandbox.control.snapshot().scenarios).toMatchObject([
      { endpoint: "me", outcome: { kind: "http" } },
    ]);
    expect(await submit(sandbox.url, "clear-scenarios", {})).toBe("Scenarios cleared.");
    expect(await submit(sandbox.url, "reset", {})).toBe("Back to the seeded world.");
    expect(await submit(sandbox.url, "constructor", {})).toBe("Unknown form.");
  });

  test("offers every kind in its group, sends one of each, and what is about another message", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    const page = await (await fetch(`${sandbox.url}/sandbox`)).text();
    const groups = [...page.matchAll(/<optgroup label="([^"]+)">(.*?)<\/optgroup>/gs)];
    expect(groups.map(([, label = ""]) => label.replace("&#39;", "'"))).toEqual(Object.keys(KIND_GROUPS));
    const kinds = groups.flatMap(([, , options = ""]) =>
      [...options.matchAll(/<option value="([^"]+)">[^<]+</g)].map(([, value = ""]) => value),
    );
    expect(kinds).toEqual(KIND_NAMES);
    for (const kind of ["edit", ...Object.values(KIND_GROUPS).map((group) => Object.keys(group)[0] ?? "")]) {
      const form = { phoneNumberId: NUMBER_IDS.luz, kind, messageId: "wamid.about", force: "on" };
      expect(await submit(sandbox.url, "message", form), kind).toMatch(/^Delivered: HTTP 200/);
    }
    const [edit] = receiver.received.map(({ bytes }) => bytes.toString("utf8"));
    expect(edit).toContain('"original_message_id":"wamid.about"');
  });

  test("has no form that nobody answers, and no id twice", async () => {
    const sandbox = await sandboxForTest();
    const page = await (await fetch(`${sandbox.url}/sandbox`)).text();
    const all = (pattern: RegExp) => [...page.matchAll(pattern)].map((found) => found[1] ?? "");
    const forms = all(/action="\/sandbox\/forms\/([^"]+)"/g);
    expect(forms).toHaveLength(17);
    for (const form of forms) expect(await submit(sandbox.url, form, {}), form).not.toBe("Unknown form.");
    const ids = all(/ id="([^"]+)"/g);
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  });
});

describe("command line", () => {
  function start(environment: Record<string, string>) {
    const child = spawn(process.execPath, [join(import.meta.dirname, "index.ts")], {
      env: { NODE_ENV: "test", ...environment },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.stderr.on("data", (chunk) => {
      output += chunk;
    });
    return { child, output: () => output, exited: once(child, "exit") };
  }

  const complete = {
    PORT: "0",
    META_APP_ID: APP_ID,
    META_APP_SECRET: APP_SECRET,
    META_REDIRECT_URI: REDIRECT_URI,
    META_WEBHOOK_VERIFY_TOKEN: "v",
    WEBHOOK_CALLBACK_URL: "http://127.0.0.1:9/hook",
  };

  test("prints its address and stops on SIGTERM", async () => {
    const { child, output, exited } = start(complete);
    await expect
      .poll(output, { timeout: 10_000 })
      .toMatch(/meta-sandbox listening on http:\/\/127\.0\.0\.1:\d+/);
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  }, 15_000);

  test("names a missing variable, and a port that is taken", async () => {
    const { META_APP_SECRET: _secret, ...incomplete } = complete;
    const missing = start(incomplete);
    expect(await missing.exited).toEqual([1, null]);
    expect(missing.output()).toBe("meta-sandbox: META_APP_SECRET is missing\n");
    const sandbox = await sandboxForTest();
    const taken = start({ ...complete, PORT: String(sandbox.port) });
    expect(await taken.exited).toEqual([1, null]);
    expect(taken.output()).toBe(`meta-sandbox: port ${sandbox.port} is taken\n`);
  }, 15_000);
});
