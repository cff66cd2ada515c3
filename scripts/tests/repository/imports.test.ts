/** Imports run one way: lint refuses each that runs another, however it is written, and nothing else. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../stack.ts";

/** A file of each room, as deep in it as its files stand; and which rooms that room may import besides itself. */
const rooms = {
  routes: {
    file: "app/routes/made-up.tsx",
    may: "components texts web integrations inbox mail operations platform",
  },
  components: {
    file: "app/components/connect/signup-window/made-up.tsx",
    may: "texts integrations inbox operations platform",
  },
  texts: { file: "app/texts/en/made-up.ts", may: "integrations inbox platform" },
  web: {
    file: "app/web/http/door/made-up.ts",
    may: "components texts integrations inbox mail operations platform db",
  },
  integrations: { file: "app/integrations/health/made-up.ts", may: "platform db" },
  meta: { file: "app/integrations/meta/whatsapp/webhook/made-up.ts", may: "integrations platform db" },
  inbox: { file: "app/inbox/ingest/made-up.ts", may: "integrations platform db" },
  mail: { file: "app/mail/words/made-up.ts", may: "integrations platform db" },
  operations: { file: "app/operations/made-up.ts", may: "integrations platform db" },
  platform: { file: "app/platform/made-up.ts", may: "" },
  e2e: {
    file: "app/e2e/journeys/made-up.ts",
    may: "components texts web integrations meta inbox mail operations platform db scripts",
  },
  worker: { file: "worker/made-up.ts", may: "integrations inbox mail operations platform db" },
  db: { file: "db/queries/inbox/made-up.ts", may: "" },
  scripts: {
    file: "scripts/doctor/made-up.ts",
    may: "texts integrations meta inbox mail operations platform e2e db",
  },
} as const;
type Room = keyof typeof rooms;
const names = Object.keys(rooms) as Room[];

/** What one file alone may import, what its neighbours may not, and what a test of a room may. */
const others: [verdict: "allowed" | "refused", file: string, imported: string][] = [
  ["allowed", "app/integrations/registry.server.ts", "app/integrations/meta/whatsapp/made-up.ts"],
  ["refused", "app/integrations/catalog.ts", "app/integrations/meta/whatsapp/made-up.ts"],
  ["refused", "app/integrations/health/made-up.ts", "app/integrations/meta/graph-error.server.ts"],
  ["refused", "app/integrations/connection/made-up.ts", "app/integrations/meta/signed-request.server.ts"],
  ["refused", "app/integrations/registry.server.ts", "app/inbox/ingest/made-up.ts"],
  ["refused", "app/texts/en/made-up.ts", "app/integrations/health/made-up.server.ts"],
  ["refused", "app/texts/en/made-up.ts", "app/inbox/contacts/made-up.server.ts"],
  ["allowed", "app/web/webhook/made-up.ts", "app/integrations/meta/signature.server.ts"],
  ["allowed", "app/components/made-up.test.ts", "db/testing/made-up.ts"],
  ["allowed", "app/inbox/ingest/made-up.test.ts", "app/integrations/meta/whatsapp/made-up.ts"],
  ["refused", "app/inbox/ingest/made-up.test.ts", "app/routes/made-up.ts"],
  ["refused", "app/inbox/ingest/made-up.test.ts", "react"],
  ["refused", "app/inbox/ingest/made-up.test.ts", "graphile-worker"],
  ["refused", "app/inbox/testing/made-up.ts", "app/web/made-up.ts"],
  ["refused", "app/integrations/testing/made-up.ts", "worker/made-up.ts"],
  ["allowed", "app/mail/made-up.test.ts", "scripts/dev/made-up.ts"],
  ["refused", "app/mail/made-up.ts", "scripts/dev/made-up.ts"],
  ["allowed", "app/web/made-up.test.ts", "app/routes/made-up.ts"],
  ["allowed", "app/web/testing/made-up.ts", "scripts/made-up.ts"],
  ["refused", "app/entry.made-up.tsx", "worker/made-up.ts"],
  ["refused", "db/made-up.test.ts", "app/inbox/made-up.ts"],
  ["allowed", "worker/made-up.test.ts", "app/integrations/meta/made-up.ts"],
  ["refused", "worker/made-up.test.ts", "app/web/made-up.ts"],
  ["refused", "worker/made-up.test.ts", "react"],
  ["allowed", "scripts/doctor/made-up.ts", "app/web/env.server.ts"],
  ["allowed", "scripts/doctor/made-up.ts", "worker/env.ts"],
];

const frameworks = ["@remix-run/node", "react", "react-dom/server", "remix-auth", "express"];
const packages: Record<string, Room[]> = {
  ...Object.fromEntries(frameworks.map((name) => [name, ["routes", "components", "web", "e2e", "scripts"]])),
  "graphile-worker": ["e2e", "worker", "db", "scripts"],
  kysely: ["web", "integrations", "meta", "inbox", "mail", "operations", "e2e", "worker", "db", "scripts"],
  zod: names,
};

/** Every way to write it that lint knows. */
const spellings = [
  (from: string) => `import { a } from "${from}";`,
  (from: string) => `import type { b } from "${from}";`,
  (from: string) => `export { c } from "${from}";`,
  (from: string) => `export * from "${from}";`,
  (from: string) => `import "${from}";`,
  (from: string) => `await import("${from}");`,
];

/** Relative to the file and, where there is one, by the alias; a package is its name. */
function specifiersOf(file: string, imported: string): string[] {
  if (!imported.includes("/")) return [imported];
  const relative = path.posix.relative(path.posix.dirname(file), imported);
  const alias = /^(app|db)\//.test(imported) ? [`#${imported}`] : [];
  return [relative.startsWith(".") ? relative : `./${relative}`, ...alias];
}

/** By file: what it imports, a line for each. */
const probes = new Map<string, string[]>();
const verdicts = new Map<string, Set<number>>();
let folder = "";

/** Adds the import to the file, in every way, and returns the numbers of its lines. */
function probe(file: string, specifiers: string[]): number[] {
  const lines = probes.get(file) ?? [];
  probes.set(file, lines);
  return specifiers.flatMap((from) => spellings.map((spelling) => lines.push(spelling(from))));
}

interface Case {
  name: string;
  file: string;
  lines: number[];
  expected: "allowed" | "refused";
}

const between: Case[] = names.flatMap((from) =>
  names
    .filter((to) => to !== from)
    .map((to): Case => {
      const [{ file, may }, { file: imported }] = [rooms[from], rooms[to]];
      const expected = may.split(" ").includes(to) ? "allowed" : "refused";
      return { name: `${from} -> ${to}`, file, lines: probe(file, specifiersOf(file, imported)), expected };
    }),
);
const foreign: Case[] = Object.entries(packages).flatMap(([name, mayBeIn]) =>
  names.map((from): Case => {
    const { file } = rooms[from];
    const expected = mayBeIn.includes(from) ? "allowed" : "refused";
    return { name: `${from} -> ${name}`, file, lines: probe(file, [name]), expected };
  }),
);
const single: Case[] = others.map(([expected, file, imported]) => ({
  name: `${file} -> ${imported}`,
  file,
  lines: probe(file, specifiersOf(file, imported)),
  expected,
}));

interface Finding {
  location: { path: string; start: { line: number } };
}

// The files stand in a folder of the system's, under our rules: nothing made up is ever among ours.
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "curbe-imports-"));
  const { vcs: _, ...rules } = JSON.parse(readFileSync(path.join(root, "biome.json"), "utf8"));
  writeFileSync(path.join(folder, "biome.json"), JSON.stringify(rules));
  for (const [file, lines] of probes) {
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, file), lines.join("\n"));
  }
  const found = await lint();
  for (const { location } of found) {
    const lines = verdicts.get(location.path) ?? new Set();
    verdicts.set(location.path, lines.add(location.start.line));
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lint(): Promise<Finding[]> {
  const args = ["lint", "--only=style/noRestrictedImports", "--max-diagnostics=none", "--reporter=json"];
  return new Promise((resolve, reject) =>
    execFile(
      path.join(root, "node_modules/.bin/biome"),
      args,
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
      (_, out) => {
        try {
          resolve(JSON.parse(out).diagnostics);
        } catch (error) {
          reject(error);
        }
      },
    ),
  );
}

/** `in part` where one way to write it is refused and another is not. */
function verdictOf({ file, lines }: Case): string {
  const refused = lines.filter((line) => verdicts.get(file)?.has(line)).length;
  if (refused === 0) return "allowed";
  return refused === lines.length ? "refused" : "in part";
}

test.each([
  ["rooms", between],
  ["packages", foreign],
  ["single files", single],
])("between %s, lint refuses what runs the wrong way and lets the rest pass", (_, cases) => {
  const told = (verdict: (one: Case) => string) => cases.map((one) => `${one.name}: ${verdict(one)}`);
  expect(told(verdictOf)).toEqual(told(({ expected }) => expected));
});

test("every folder of the app is a room with rules", () => {
  const folders = readdirSync(path.join(root, "app"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(folders.filter((name) => !names.includes(name as Room))).toEqual([]);
});
