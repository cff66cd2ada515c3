/** Each command that a README names is run by a test, or stands here with the reason why none does. */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../stack.ts";

const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };

/** By the file that runs it: with the same script and, of its options, each by name. */
const run: Record<string, string[]> = {
  "scripts/dev/dev.db.test.ts": [
    "npm run dev",
    "npm run doctor",
    "npm run replay",
    "npm run replay -- --file body.json",
    "npm run db:seed",
    "npm run db:seed -- --demo",
    "npm run db:walls",
    "scripts/requests.sh all",
    "node scripts/meta-sandbox/index.ts",
  ],
  "scripts/doctor/doctor.db.test.ts": ["npm run -s doctor -- --json"],
  "scripts/migrate.db.test.ts": [
    "npm run db:migrate",
    "npm run db:migrate -- --dry-run",
    "npm run db:migrate -- --token-column credentials",
  ],
  "scripts/users/user-create.db.test.ts": [
    "npm run user:create",
    'npm run user:create -- --workspace "Acme" --email admin@acme.example --role admin',
  ],
  "scripts/users/user-remove.db.test.ts": [
    'npm run user:remove -- --workspace "Acme" --email leo@acme.example',
  ],
  "scripts/users/user-commands.db.test.ts": [
    "npm run -s user:password -- --email leo@acme.example",
    "npm run -s user:disable -- --email leo@acme.example",
    "npm run -s user:disable -- --email leo@acme.example --enable",
  ],
  "scripts/operate/logins.db.test.ts": ["npm run -s db:logins", "npm run -s db:logins -- --rotate"],
  "scripts/operate/quarantine.db.test.ts": [
    "npm run -s quarantine -- summary",
    "npm run -s quarantine -- list",
    "npm run -s quarantine -- show 42",
    "npm run -s quarantine -- replay 42",
  ],
  "scripts/tests/killed-run.db.test.ts": ["npm test -- database", "npm test -- database app/inbox"],
  "scripts/tests/repository/env-processes.test.ts": ["node worker/index.ts"],
  "scripts/tests/repository/readme-commands.test.ts": ["npm run test:long -- nothing"],
  "app/e2e/installations/deployables.e2e.ts": ["npm start", "npm run worker"],
  "app/e2e/installations/production-packages.long.e2e.ts": ["npm ci --omit=dev"],
  "app/e2e/installations/gallery.long.e2e.ts": [
    "npm run gallery",
    "npm run gallery -- --only sign-in --out /tmp/gallery --no-build",
  ],
  "app/e2e/installations/bench.long.e2e.ts": [
    "npm run bench",
    "npm run bench -- --scale 0.01 --results /tmp/bench",
  ],
  "scripts/test-long.ts": ["npm run bench -- --only steady"],
};

const notRun: Record<string, string> = {
  "npm ci": "scripts/install.mjs runs it where packages are missing; tests have the packages that are here",
  "npm test": "it runs the tests, and CI runs it",
  "npm test -- unit app/texts": "only the words differ from what the database's part is given",
  "npm run check": "npm test is made of it",
  "npm run build": "npm test is made of it",
  "npm run test:long": "it runs the tests",
  "npm run test:long -- postgres15": "it runs the tests",
};

const files = ["README.md", ...globSync("{app,db,scripts,worker}/**/README.md", { cwd: root })];
const begins = /^(?:[A-Z_]+=\S+ )*(?:npm|npx|node|psql|scripts\/\S+\.sh) /;

/** In blocks of shell, in indented lines and within the text; without what is said beside them. */
function commandsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) =>
    block.split("\n"),
  );
  const indented = markdown.split("\n").filter((line) => /^ {4}\S/.test(line));
  const spans = [...markdown.replaceAll(/^```[\s\S]*?^```$/gm, "").matchAll(/`([^`]+)`/g)].map(
    ([, span = ""]) => span.replaceAll(/\s+/g, " "),
  );
  return [...blocks, ...indented, ...spans]
    .map((line) =>
      line
        .trim()
        .replace(/\s{2,}.*$/, "")
        .replace(/\s+#.*$/, ""),
    )
    .filter((line) => begins.test(`${line} `));
}

const told = new Set(files.flatMap((file) => commandsOf(read(file))));

test("each command of a README is here once, and nothing else is", () => {
  expect(told.size).toBeGreaterThan(30);
  expect([...Object.values(run).flat(), ...Object.keys(notRun)].sort()).toEqual([...told].sort());
});

/** By any of these a test names what is behind a command: npm's own name, or the script's, or its folder's for an `index`. */
function namesOf(command: string): string[] {
  const [, name = "test"] = /^npm (?:run (?:-s )?)?([a-z:]+)/.exec(command) ?? [];
  const behind = command.startsWith("npm") ? (scripts[name] ?? "") : command;
  const [file = `npm", ["${name}`] = /[\w/-]+\.(?:ts|js|sh)\b/.exec(behind) ?? [];
  const { name: stem, dir } = path.parse(file);
  return [`"${name}"`, stem === "index" ? dir.replace(/^scripts\//, "") : stem];
}

describe.each(Object.entries(run))("%s", (file, commands) => {
  test.each(commands)("runs %s", (command) => {
    expect(existsSync(path.join(root, file))).toBe(true);
    const source = read(file);
    if (file.includes("test.ts") || file.includes("e2e.ts"))
      expect(source).toMatch(/spawn|execFile|clone\.run|runCommand\(/);
    expect(namesOf(command).filter((name) => source.includes(name))).not.toEqual([]);
    const options = command.match(/--[a-z-]+/g) ?? [];
    expect(options.filter((option) => !source.includes(option))).toEqual([]);
  });
});

test("test:long names its parts to whoever asks for one that is not there", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/test-long.ts", "nothing"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stderr).toMatch(/^There is no part "nothing": build, unit, .*\bpostgres15\b.*\.\n$/);
  expect(status).toBe(2);
});
