/** What the READMEs name is there: commands, files, variables, and the packages that production needs. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";
import { webhookFields } from "../../../app/integrations/meta/whatsapp/webhook/webhook-fields.ts";
import { EnvError, parseEnv } from "../../../app/platform/env.server.ts";
import { webEnv } from "../../../app/web/env.server.ts";
import { jobCatalog } from "../../../db/jobs.ts";
import { workerEnv } from "../../../worker/env.ts";
import { DEFAULT_WEBHOOK_FIELDS } from "../../meta-sandbox/world/platform.ts";
import { root } from "../../stack.ts";

const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const files = ["README.md", ...globSync("{app,db,scripts,worker}/**/README.md", { cwd: root })].sort();
const operating = read("scripts/operate/README.md");
const { scripts, dependencies } = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;

test("README is no longer than three screens", () => {
  expect(read("README.md").split("\n").length).toBeLessThanOrEqual(125);
});

test("every command that a README names is one of ours, and every one of ours is in one", () => {
  const text = files.map(read).join("\n");
  const named = [...text.matchAll(/\bnpm (?:run\s+(?:-s\s+)?)?(start|test|[a-z]+(?::[a-z]+)?)(?=[\s`])/g)];
  const inReadmes = new Set(named.map(([, name = ""]) => name).filter((name) => !/^(run|ci)$/.test(name)));
  // What comes before another runs by itself.
  const ours = Object.keys(scripts ?? {}).filter((name) => !name.startsWith("pre"));
  expect(inReadmes.size).toBeGreaterThan(15);
  expect([...inReadmes].filter((name) => !ours.includes(name))).toEqual([]);
  expect(ours.filter((name) => !inReadmes.has(name))).toEqual([]);
});

test("the operator is told of every webhook field that is read, and the sandbox is subscribed to it", () => {
  const fields = Object.keys(webhookFields);
  expect(fields.length).toBeGreaterThan(10);
  expect(fields.filter((field) => !operating.includes(`\`${field}\``))).toEqual([]);
  expect(fields.filter((field) => !DEFAULT_WEBHOOK_FIELDS.includes(field))).toEqual([]);
});

test("every file that README, the decisions and the READMEs of the rooms name is there", () => {
  expect(files.length).toBeGreaterThan(5);
  const missing = [...files, "app/DECISIONS.md"].flatMap((file) =>
    [...read(file).matchAll(/`((?:app|db|worker|scripts)\/[\w./-]+)`/g)].flatMap(([, named = ""]) =>
      existsSync(path.join(root, named)) ? [] : [`${file}: ${named}`],
    ),
  );
  expect(missing).toEqual([]);
});

test("every file and folder that the README of a room names by itself stands in that room", () => {
  // What a command makes, and a name that stands for others.
  const madeUp = ["gallery/", "NNNN_name.sql"];
  const named = /`([\w$.-]+(?:\/[\w$.-]+)*(?:\/|\.(?:tsx?|mjs|sql|sh|md|css|txt)))`/g;
  const missing = files.flatMap((file) =>
    [...read(file).matchAll(named)].flatMap(([, name = ""]) =>
      madeUp.includes(name) ||
      [path.dirname(file), "."].some((folder) => existsSync(path.join(root, folder, name)))
        ? []
        : [`${file}: ${name}`],
    ),
  );
  expect(missing).toEqual([]);
});

test("the worker's README has each job, and no other", () => {
  const told = [...read("worker/README.md").matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name]) => name);
  expect(told.sort()).toEqual(Object.keys(jobCatalog).sort());
});

interface Row {
  names: string[];
  web: string[];
  worker: string[];
}

/** The table of variables; several in one row have a value each where their values differ. */
const rows: Row[] = [...operating.matchAll(/^\| (`[A-Z_0-9`, ]+`) \|([^|]*)\|([^|]*)\|/gm)].map(
  ([, names = "", web = "", worker = ""]) => ({
    names: names.replaceAll("`", "").split(", "),
    web: web.trim().replaceAll("`", "").split(", "),
    worker: worker.trim().replaceAll("`", "").split(", "),
  }),
);

/** A good value for whatever is required. */
const least: Record<string, string> = {
  DATABASE_URL: "postgres://curbe:a-password@localhost/curbe",
  META_APP_ID: "123456789012345",
  META_APP_SECRET: "an-app-secret-of-ours",
  META_REDIRECT_URI: "https://app.example.com/api/integrations/meta/whatsapp/callback",
  META_WEBHOOK_VERIFY_TOKEN: "a-verify-token-of-ours",
  TOKEN_ENCRYPTION_KEY_BASE64: Buffer.alloc(32, "9f8e7d6c5b4a").toString("base64"),
  SESSION_SECRETS: "a session secret of 32 characters or more",
  APP_ORIGIN: "https://app.example.com",
};

test.each([
  ["web", webEnv],
  ["worker", workerEnv],
] as const)(
  "the table of variables has those of the %s, and what it says of their absence is so",
  (process, schema) => {
    const told = rows.flatMap((row) =>
      row.names.map((name, n) => [name, row[process][n] ?? row[process][0] ?? ""] as const),
    );
    const known = told.filter(([, word]) => word !== "").map(([name]) => name);
    expect(known.sort()).toEqual(Object.keys(schema.shape).sort());
    const complete = Object.fromEntries(
      told.filter(([, word]) => word === "required").map(([name]) => [name, least[name]]),
    );
    const parsed = parseEnv(schema, complete) as Record<string, unknown>;
    for (const [name, word] of told) {
      if (word === "required")
        expect(() => parseEnv(schema, { ...complete, [name]: "" }), name).toThrow(EnvError);
      else if (/^(|optional|Meta's|with SMTP_URL)$/.test(word)) expect([name, word]).toHaveLength(2);
      else expect([name, String(parsed[name])]).toEqual([name, word]);
    }
  },
);

test("what runs in production imports production's packages only: npm ci --omit=dev is enough", () => {
  const files = globSync("{app,db,worker}/**/*.{ts,tsx}", { cwd: root }).filter(
    (file) => !/\.test\.tsx?$|\/testing\/|^app\/e2e\/|fixtures\.ts$/.test(file),
  );
  const known = new Set([...builtinModules, ...Object.keys(dependencies ?? {})]);
  const foreign = files.flatMap((file) =>
    [...read(file).matchAll(/^(?:import|export)\s(?!type\b)(?:[^'";]*?\sfrom\s)?"([^"]+)"/gm)]
      .map(([, from = ""]) => from)
      .filter((from) => !/^(\.|#|node:)/.test(from))
      .filter(
        (from) =>
          !known.has(
            from
              .split("/")
              .slice(0, from.startsWith("@") ? 2 : 1)
              .join("/"),
          ),
      )
      .map((from) => `${file}: ${from}`),
  );
  // The compiler puts the build there, and takes what is for development out of it.
  expect(foreign).toEqual([expect.stringMatching(/^app\/server\.ts: @remix-run\/dev\/server-build$/)]);
});
