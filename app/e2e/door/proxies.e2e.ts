/** The main journey through nginx and Caddy, with the lines of scripts/proxy, over TLS. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "@playwright/test";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { demoPassword } from "../../../scripts/seed.ts";
import { root } from "../../../scripts/stack.ts";
import { ensureProgram } from "../../../scripts/tests/programs/debian.ts";
import { bodyOf, bytes, textMessage } from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { type DoorProduct, test } from "../product/door.ts";
import { sign } from "../product/hostile.ts";
import { api, connectedPlace } from "../two-webs/connect-by-http.ts";

/** Each is started in a folder of its own, in the foreground, with our ports and names in the shown lines. */
const proxies = {
  nginx(folder: string, lines: string): string[] {
    const file = path.join(folder, "nginx.conf");
    const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((name) => `${name}_temp_path ${folder}/${name};`)
      .join("\n");
    writeFileSync(
      file,
      `${process.getuid?.() === 0 ? "user root;\n" : ""}daemon off;\npid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${scratch}\n${lines}\n}\n`,
    );
    return ["-p", folder, "-c", file];
  },
  caddy(folder: string, lines: string): string[] {
    const file = path.join(folder, "Caddyfile");
    writeFileSync(file, lines);
    return ["run", "--adapter", "caddyfile", "--config", file];
  },
};

const shown = { nginx: "nginx.conf", caddy: "Caddyfile" };

async function startProxy(name: keyof typeof proxies, program: string, { publicPort, web }: DoorProduct) {
  const folder = mkdtempSync(path.join(tmpdir(), `curbe-${name}-`));
  const [certificate, key] = [path.join(folder, "crt.pem"), path.join(folder, "key.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const kind = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "2",
  ];
  execFileSync(programs.openssl, [...kind, ...subject, "-keyout", key, "-out", certificate], {
    stdio: "ignore",
  });
  const lines = readFileSync(path.join(root, "scripts/proxy", shown[name]), "utf8")
    .replaceAll("127.0.0.1:3000", `127.0.0.1:${web}`)
    .replaceAll("/etc/ssl/app.example.com.crt", certificate)
    .replaceAll("/etc/ssl/app.example.com.key", key)
    .replace("/var/log/nginx/access.log", path.join(folder, "access.log"))
    .replace("listen 443 ssl", `listen 127.0.0.1:${publicPort} ssl`)
    // Its certificate is ours, and it is neither to ask anybody for another nor to listen for its administration.
    .replace(/^\{$/m, "{\n\tadmin off\n\tauto_https disable_redirects")
    .replace(/^app\.example\.com \{$/m, `localhost:${publicPort} {\n\ttls ${certificate} ${key}`)
    .replaceAll("app.example.com", "localhost");
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(program, proxies[name](folder, lines), { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk));
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const log = path.join(folder, "access.log");
  return { stop, said: () => said + (existsSync(log) ? readFileSync(log, "utf8") : "") };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

interface Answer {
  status: number;
  location: string;
  cookies: string[];
  text: string;
}

/** A browser of somebody who would like to be taken for another address. */
function browser(origin: string) {
  const jar = new Map<string, string>();
  const open = (method: string, target: string, headers: Record<string, string>, body?: Buffer) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const sent = request(`${origin}${target}`, {
      method,
      rejectUnauthorized: false,
      headers: {
        accept: "text/html",
        "x-forwarded-for": "203.0.113.9",
        ...(cookie ? { cookie } : {}),
        ...headers,
      },
    });
    sent.end(body);
    return sent;
  };
  const ask = async (method: string, target: string, headers: Record<string, string> = {}, body?: Buffer) => {
    const sent = open(method, target, headers, body);
    return new Promise<Answer>((resolve, reject) => {
      sent.once("error", reject);
      sent.once("response", async (answer) => {
        const cookies = answer.headers["set-cookie"] ?? [];
        for (const line of cookies) jar.set(line.split("=")[0] ?? "", line.split(/[=;]/)[1] ?? "");
        const { location = "" } = answer.headers;
        resolve({ status: answer.statusCode ?? 0, location, cookies, text: await text(answer) });
      });
    });
  };
  return {
    ask,
    open,
    form: (target: string, fields: Record<string, string>, headers: Record<string, string> = {}) => {
      const body = Buffer.from(new URLSearchParams(fields).toString());
      const about = {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": String(body.length),
      };
      return ask("POST", target, { ...about, origin, "sec-fetch-site": "same-origin", ...headers }, body);
    },
  };
}

// Before any test has begun, so that no test's time is spent on it.
const programs = { nginx: "", caddy: "", openssl: "" };
test.beforeAll(() => {
  test.setTimeout(300_000);
  for (const name of ["nginx", "caddy", "openssl"] as const) programs[name] = ensureProgram(name) ?? "";
});

for (const name of ["nginx", "caddy"] as const) {
  test(`behind ${name}, whatever Host it names: sign in, connect, receive, be told at once, disconnect`, async ({
    product,
  }) => {
    test.setTimeout(120_000);
    const missing = [name, "openssl" as const].filter((one) => !programs[one]);
    if (missing.length > 0)
      console.log(`${missing.join(" and ")} not here, and only Debian's root can install it: skipped.`);
    test.skip(missing.length > 0, `not installed: ${missing.join(", ")}`);
    const { publicOrigin: origin, secrets, control, sql } = product;
    const proxy = await startProxy(name, programs[name], product);
    try {
      const { ask, form, open } = browser(origin);
      const isUp = () =>
        ask("GET", "/login").then(
          ({ status }) => status,
          () => 0,
        );
      await expect.poll(isUp, { message: proxy.said(), intervals: [50] }).toBe(200);

      const signedIn = await form("/login", { email: "ana@luz.example", password: demoPassword });
      expect(signedIn).toMatchObject({ status: 303, location: "/settings/integrations" });
      expect(signedIn.cookies.join()).toMatch(/__Host-curbe_session=[^;]+;.*Secure/);
      const sent = await form(`${api}/start`, {});
      expect(sent.status).toBe(303);
      const dialog = new URL(sent.location);
      expect(dialog.searchParams.get("redirect_uri")).toBe(`${origin}${api}/callback`);
      const state = dialog.searchParams.get("state") ?? "";
      const [issued] = await sql<{ ip: string }>(
        "select metadata->>'ip' as ip from oauth_states order by created_at desc limit 1",
      );
      // What the proxy saw, and not what the browser claimed.
      expect(issued?.ip).toMatch(/^(127\.0\.0\.1|::1)$/);

      const { code } = await control<{ code: string }>("/codes", { businessId: BUSINESS_IDS.luz });
      const back = await ask("GET", `${api}/callback?${new URLSearchParams({ state, code })}`);
      expect(back).toMatchObject({ status: 303, location: connectedPlace });
      expect((await ask("GET", "/settings/integrations")).text).toContain("+52 55 1234 5678");
      if (name === "nginx") await expect.poll(proxy.said).toContain(`GET ${api}/callback 303`);
      expect(proxy.said()).not.toContain(code);

      let heard = "";
      const events = open("GET", "/events", {});
      events.once("response", (answer) => answer.on("data", (chunk) => (heard += chunk)));
      events.on("error", () => {});
      await expect.poll(() => heard, { intervals: [20] }).toContain("retry: 3000");
      const deliver = (body: Buffer) => {
        const about = { "content-type": "application/json", "content-length": String(body.length) };
        return ask(
          "POST",
          "/webhooks/meta/whatsapp",
          { ...about, "x-hub-signature-256": sign(secrets.appSecret, body) },
          body,
        );
      };
      // Again after a 503, as Meta does: on a machine that stands still for two seconds the web finds no connection.
      const untilTaken = (body: Buffer) =>
        expect.poll(async () => (await deliver(body)).status, { intervals: [500] }).toBe(200);
      const said = `Hola por ${name}`;
      const first = bytes(
        bodyOf({ messages: [textMessage(`wamid.${name}`, "34600", said)] }, NUMBER_IDS.luz),
      );
      await untilTaken(Buffer.from(first));
      const isThere = async () => (await ask("GET", "/conversations")).text.includes(said);
      await expect.poll(isThere, { intervals: [50] }).toBe(true);
      // Long before a buffer of the proxy's would be full.
      await expect.poll(() => heard, { intervals: [20] }).toContain("data: conversations");
      events.destroy();
      await untilTaken(Buffer.from(`{"filling":"${"x".repeat(3 * 1024 * 1024 - 100)}"}`));
      expect((await ask("GET", "/metrics")).status).toBe(404);

      expect((await form(`${api}/disconnect`, {})).status).toBe(303);
      const status = await ask("GET", `${api}/status`, { accept: "application/json" });
      expect(JSON.parse(status.text)).toMatchObject({ connected: false });
      const foreign = await form(
        "/login",
        {},
        { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
      );
      expect(foreign.status).toBe(403);
    } catch (error) {
      console.log(proxy.said());
      throw error;
    } finally {
      await proxy.stop();
    }
  });
}
