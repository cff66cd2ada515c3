import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { webhookFields } from "../../app/integrations/meta/whatsapp/webhook/webhook-fields.ts";
import { createTestDatabase, type TestDatabase } from "../../db/testing/test-database.ts";
import { runDoctor } from "../doctor.ts";
import { fixedAnswer, silentHost } from "./testing/stand-ins.ts";
import { expectFaults, expectNoSecret, faults, goodWorld, type World } from "./testing/world.ts";

const { PATH, NODE_COMPILE_CACHE } = process.env;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  await database.sql(`alter database ${new URL(database.url).pathname.slice(1)} set synchronous_commit = on`);
});
afterAll(() => database.drop());

describe("doctor, on environment, Meta and web", () => {
  const breakages: [string, (world: World) => unknown, RegExp[]][] = [
    [
      "a variable that is missing, and goes on with the rest",
      ({ variables }) => delete variables.META_APP_SECRET,
      [
        /^FAIL META_APP_SECRET: is required/,
        /^skip app id and secret: needs META_APP_SECRET/,
        /^skip webhook at Meta/,
      ],
    ],
    [
      "a key that is none",
      ({ variables }) => Object.assign(variables, { TOKEN_ENCRYPTION_KEY_BASE64: "canary" }),
      [
        /^FAIL TOKEN_ENCRYPTION_KEY_BASE64: must be 32 bytes/,
        /^skip sealed tokens: needs TOKEN_ENCRYPTION_KEY/,
      ],
    ],
    [
      "an app id that Meta does not know",
      ({ variables }) => Object.assign(variables, { META_APP_ID: "123456" }),
      [
        /^FAIL app id and secret: .*no app of this META_APP_ID \(code 101\).*(App ID|Basic)/,
        /^FAIL webhook at Meta/,
      ],
    ],
    [
      "an app secret that Meta refuses",
      ({ variables }) => Object.assign(variables, { META_APP_SECRET: "canary-another-secret" }),
      [
        /^FAIL app id and secret: Meta refuses META_APP_SECRET.*code 1\)/,
        /^FAIL webhook at Meta: .*code 190\)/,
      ],
    ],
    [
      "Meta busy as a warning",
      ({ sandbox }) =>
        sandbox.control.addScenario({ endpoint: "app_token", outcome: { kind: "rate_limited" } }),
      [/^warn app id and secret: Meta is busy/],
    ],
    [
      "an API version that never was",
      ({ sandbox }) =>
        sandbox.control.addScenario({ endpoint: "exchange", outcome: { kind: "graph_error", code: 2500 } }),
      [/^FAIL API version: Meta knows no v25\.0/],
    ],
    [
      "a proxy that answers in Meta's place",
      ({ sandbox }) => sandbox.control.addScenario({ endpoint: "exchange", outcome: { kind: "http" } }),
      [/^FAIL Graph host: .*HTTP 502, but not as the Graph API/],
    ],
    [
      "no configuration id",
      ({ variables }) => delete variables.META_CONFIG_ID,
      [/^warn config id: .*plain scopes.*Configurations/],
    ],
    [
      "a window without a configuration id",
      ({ variables }) => {
        delete variables.META_CONFIG_ID;
        variables.META_SIGNUP_WINDOW = "true";
      },
      [/^FAIL config id: META_SIGNUP_WINDOW is on and does nothing.*Configurations/],
    ],
    [
      "a configuration id that is no number",
      ({ variables }) => Object.assign(variables, { META_CONFIG_ID: "canary" }),
      [/^FAIL META_CONFIG_ID: must be Meta's numeric id/, /^skip config id/],
    ],
    [
      "a session secret that stands twice",
      ({ variables }) =>
        Object.assign(variables, { SESSION_SECRETS: `${"canary-".repeat(6)},${"canary-".repeat(6)}` }),
      [/^FAIL SESSION_SECRETS: holds the same value twice \(web\)/, /^skip session secrets/],
    ],
    [
      "a redirect URI with another path",
      ({ variables }) =>
        Object.assign(variables, { META_REDIRECT_URI: `${variables.APP_ORIGIN}/readyz?secret=canary` }),
      [
        /^FAIL redirect URI: its path is not.*→ set META_REDIRECT_URI to http/,
        /^FAIL redirect URI: it answers HTTP 200/,
      ],
    ],
    [
      "a redirect URI with a query",
      ({ variables }) =>
        Object.assign(variables, { META_REDIRECT_URI: `${variables.META_REDIRECT_URI}?x=canary` }),
      [/^FAIL redirect URI: it has something besides/],
    ],
    [
      "a redirect URI on plain http and another origin",
      ({ variables }) =>
        Object.assign(variables, {
          META_REDIRECT_URI: "http://u:canary@app.invalid/api/integrations/meta/whatsapp/callback",
        }),
      [
        /^FAIL redirect URI: it is plain http/,
        /its origin http:\/\/app\.invalid is not APP_ORIGIN/,
        /app\.invalid.*: /,
      ],
    ],
    [
      "a callback that does not lead to the login page",
      ({ web }) => Object.assign(web, { callbackLocation: "https://parking.example/" }),
      [/^FAIL redirect URI: it answers HTTP 303/],
    ],
    [
      "a web with another verify token",
      ({ web }) => Object.assign(web, { verifyToken: "other" }),
      [/^FAIL webhook handshake: our web refuses the verify token/],
    ],
    [
      "an altered challenge",
      ({ web }) => Object.assign(web, { echo: (challenge: string) => `"${challenge}"` }),
      [/^FAIL webhook handshake: HTTP 200, but not with the bare challenge/],
    ],
    [
      "a web that takes any verify token",
      ({ web }) => Object.assign(web, { wrongTokenStatus: 200 }),
      [/^FAIL webhook handshake: a wrong verify token is answered HTTP 200/],
    ],
    [
      "no webhook at Meta",
      ({ sandbox }) => sandbox.control.configureApp({ callbackUrl: null }),
      [/^FAIL webhook at Meta: Meta has no webhook.*→ .*Configuration: callback URL http/],
    ],
    [
      "another callback at Meta, without what may be secret in it",
      async ({ sandbox, variables }) =>
        sandbox.control.configureApp({ callbackUrl: `${variables.APP_ORIGIN}/old?key=canary` }),
      [/^FAIL webhook at Meta: Meta delivers to http:\/\/127\.0\.0\.1:\d+\/old, and ours is/],
    ],
    [
      "a webhook at Meta that is switched off, with fields as plain names",
      ({ sandbox, variables }) => {
        const callback_url = `${variables.APP_ORIGIN}/webhooks/meta/whatsapp`;
        const fields = Object.keys(webhookFields);
        const data = [{ object: "whatsapp_business_account", callback_url, active: false, fields }];
        sandbox.control.addScenario({
          endpoint: "app_subscriptions",
          outcome: { kind: "wrong_shape", body: { data } },
        });
      },
      [/^FAIL webhook at Meta: the subscription is switched off/],
    ],
    [
      "an answer of Meta in a shape nobody knows",
      ({ sandbox }) =>
        sandbox.control.addScenario({ endpoint: "app_subscriptions", outcome: { kind: "wrong_shape" } }),
      [/^FAIL webhook at Meta: no usable answer from Meta/],
    ],
    [
      "messages not subscribed",
      ({ sandbox }) => sandbox.control.configureApp({ fields: Object.keys(webhookFields).slice(1) }),
      [/^FAIL webhook fields: messages is not subscribed/],
    ],
    [
      "nothing but messages subscribed",
      ({ sandbox }) => sandbox.control.configureApp({ fields: ["messages"] }),
      Object.entries(webhookFields)
        .slice(1)
        .map(([field, lost]) => new RegExp(`^warn webhook fields: ${field} is not subscribed: ${lost}`)),
    ],
    [
      "a web that is not ready",
      ({ web }) =>
        Object.assign(web, {
          readyStatus: 503,
          readyBody: `{"reason":"not at this build's schema","x":"canary"}`,
        }),
      [/^FAIL web: it is not ready: not at this build's schema/],
    ],
    [
      "something else at our address",
      ({ web }) => Object.assign(web, { readyStatus: 404 }),
      [/^FAIL web: .*\/readyz answers HTTP 404/],
    ],
    [
      "proxies counted on where there are none",
      ({ variables }) => Object.assign(variables, { TRUSTED_PROXY_HOPS: "1" }),
      [/^warn proxy hops: .*make up an address/],
    ],
    [
      "a mail server that is not there",
      ({ variables }) =>
        Object.assign(variables, {
          SMTP_URL: "smtp://curbe:canary-password@127.0.0.1:1",
          MAIL_FROM: "curbe@example.com",
        }),
      [/^FAIL e-mail: the mail server does not let us in \(ESOCKET\) → /],
    ],
    [
      "a mail server without a sender",
      ({ variables }) => Object.assign(variables, { SMTP_URL: "smtps://curbe:canary@mail.example.com" }),
      [/^FAIL e-mail: SMTP_URL is set and MAIL_FROM not/],
    ],
    [
      "a mail server that is none",
      ({ variables }) => Object.assign(variables, { SMTP_URL: "https://canary@mail.example.com" }),
      [/^FAIL SMTP_URL: must be smtp/, /^skip e-mail: needs SMTP_URL/],
    ],
  ];

  test.each(breakages)("tells %s, and no secret", async (_what, break_, expected) => {
    const world = await goodWorld(database.url);
    await break_(world);
    expectFaults(await world.examine(), expected);
  });

  test("tells a clock that is off, against the database and against Meta", async () => {
    const { examine } = await goodWorld(database.url);
    expect(faults(await examine(() => Date.now() - 10_000)).map((line) => line.slice(0, 26))).toEqual([
      "warn clock: database: this",
      "warn clock: Meta: this mac",
    ]);
    expect(faults(await examine(() => Date.now() + 60_000))).toEqual([
      expect.stringMatching(/^FAIL clock: database: this machine is \d+ s ahead of the database → .*NTP/),
      expect.stringMatching(/^FAIL clock: Meta: this machine is \d+ s ahead of the Graph host/),
    ]);
  });

  test("warns of a version that has expired, and fails for plain http beyond this machine without sending a secret", async () => {
    const world = await goodWorld(database.url);
    world.variables.META_GRAPH_URL = await fixedAnswer((_request, response) =>
      response.writeHead(400, { "facebook-api-version": "v26.0" }).end('{"error":{"code":101}}'),
    );
    expect(faults(await world.examine())[0]).toMatch(
      /^warn API version: v25\.0 has expired: Meta serves v26\.0/,
    );
    world.variables.META_GRAPH_URL = "http://graph.invalid";
    const found = faults(await world.examine());
    expect(found[1]).toMatch(/^skip app id and secret: would send the app secret over plain http/);
    expect(found[2]).toMatch(/^skip webhook at Meta: would send/);
  });

  test("ends in time when Meta, the web and the database take connections and never answer", async () => {
    const world = await goodWorld(database.url);
    const port = await silentHost();
    Object.assign(world.variables, {
      META_GRAPH_URL: `http://127.0.0.1:${port}`,
      APP_ORIGIN: `http://127.0.0.1:${port}`,
      DATABASE_URL: `postgres://u:canary@127.0.0.1:${port}/curbe`,
    });
    const started = performance.now();
    const { variables } = world;
    const report = await runDoctor({ environment: "a test", variables, timeoutMs: 400, limitMs: 1_000 });
    expect(performance.now() - started).toBeLessThan(3_000);
    const statusOf = (wanted: string) => report.findings.find(({ subject }) => subject === wanted)?.status;
    for (const subject of ["database", "Graph host", "app id and secret", "web", "webhook handshake"]) {
      expect(statusOf(subject), subject).toBe("FAIL");
    }
    expectNoSecret(report);
  });
});

describe("the command", () => {
  /** As an operator runs it, with nothing but these variables. */
  async function run(args: string[], variables: Record<string, string | undefined>) {
    const command = fileURLToPath(new URL("../doctor.ts", import.meta.url));
    const child = spawn(process.execPath, [command, ...args], {
      env: { NODE_ENV: "production", PATH, NODE_COMPILE_CACHE, ...variables },
    });
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { code, out };
  }

  test("ends with 0 unless something failed, with 1 if so, and prints JSON when asked", async () => {
    const { variables } = await goodWorld(database.url);
    const good = await run([], variables);
    // The test cluster may forgo fsync, on purpose.
    expect(good.code).toBe(/^FAIL {2}durability/m.test(good.out) ? 1 : 0);
    expect(good.out).toMatch(/, 0 warn, [01] FAIL, 0 skip\.\n$/);
    const bad = await run(["--json"], { ...variables, META_APP_ID: "123456" });
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.out)).toMatchObject({ passed: false });
    expect(`${good.out}${bad.out}`).not.toContain("canary");
    expect((await run(["--verbose"], variables)).code).toBe(2);
  });
});
