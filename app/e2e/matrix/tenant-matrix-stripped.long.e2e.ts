/** R32 of the reliability scoreboard: the same where the app forgets whose rows it asks for. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "@playwright/test";
import { byTier } from "../../../db/testing/tier.ts";
import { root } from "../../../scripts/stack.ts";
import { test } from "../product/complaints.ts";
import { type Actor, gatherActors } from "./actors.ts";
import { runJobs, sealTokens } from "./jobs.ts";
import { type MatrixProduct, startMatrixProduct } from "./product.ts";
import { runMatrix } from "./run.ts";
import { digesting, tenantTables } from "./tenant/rows-untouched.ts";

test.describe.configure({ mode: "serial", retries: 0 });

let product: MatrixProduct;
let actors: Actor[];
test.beforeAll(async () => {
  test.setTimeout(120_000);
  product = await startMatrixProduct({ stripped: true });
});
test.afterAll(() => product?.stop());

test("R32 without the app's tenant filters row-level security alone keeps workspaces apart", async () => {
  test.setTimeout(600_000);
  const started = performance.now();
  actors = await gatherActors(product);
  const verdict = await runMatrix(product, actors, byTier({ oneForm: true, half: true }, {}));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `R32: seed ${product.seed}, ${verdict.requests} requests, ${verdict.leaks.length} leaks in ${seconds} s`,
  );
  expect(verdict.problems.slice(0, 40)).toEqual([]);
});

test("R32 the worker, without its filters, keeps to the workspace whose jobs it does", async () => {
  test.setTimeout(120_000);
  const { a, b } = product;
  const digestOf = await digesting(product.sql);
  await sealTokens(product, b);
  const before = await digestOf(a);
  await runJobs(product, b, a);
  await runJobs(product, b, b);
  expect(await digestOf(a)).toBe(before);
});

test("R32 each file of queries that filters by tenant has lost its filters", () => {
  const stripped = [...product.stripped()].filter((file) => file.startsWith("db/queries/")).sort();
  console.log(`R32: filters taken out of ${stripped.length} files`);
  expect(filtering().length).toBeGreaterThan(10);
  expect(filtering().filter((file) => !stripped.includes(file))).toEqual([]);
});

test("R32 with row-level security off as well the same requests do find another workspace's rows, and change them", async () => {
  test.setTimeout(600_000);
  const { sql } = product;
  for (const table of [...(await tenantTables(sql)), "tenants"])
    await sql(`alter table ${table} disable row level security`);
  const member = actors.filter(({ name }) => name === "a member elsewhere");
  const verdict = await runMatrix(product, member, { oneForm: true });
  const routes = new Set(verdict.leaks.map((line) => /\(([^ ]+), \w+\)/.exec(line)?.[1]));
  console.log(`R32: with no wall ${verdict.leaks.length} leaks at ${[...routes].join(", ")}`);
  for (const route of [
    "conversations",
    "conversations_.$id",
    "settings.integrations",
    "settings.integrations_.$channel.activity[.]csv",
  ])
    expect(routes).toContain(route);
  // And they change them.
  expect(verdict.leaks.filter((line) => line.includes("changed rows"))).not.toEqual([]);
});

/** Files whose queries compare a tenant with a value. */
/** What only an operator's command asks, as the owner whom no wall binds: neither web nor worker comes there. */
const ofCommands = ["memberships.ts"];

function filtering(): string[] {
  const folder = path.join(root, "db/queries");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(
      (file) =>
        file.endsWith(".ts") && !file.endsWith(".test.ts") && !ofCommands.includes(path.basename(file)),
    )
    .filter((file) =>
      /where\("(?:\w+\.)?tenant_id", "="|tenant_id = \$\{/.test(
        readFileSync(path.join(folder, file), "utf8"),
      ),
    )
    .map((file) => `db/queries/${file}`);
}
