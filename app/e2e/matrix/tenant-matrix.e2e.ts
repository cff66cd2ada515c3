/** R31 of the reliability scoreboard: whoever asks whatever route for whatever of another workspace learns nothing. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "@playwright/test";
import { byTier } from "../../../db/testing/tier.ts";
import { root } from "../../../scripts/stack.ts";
import { routeParameters } from "../../web/testing/route-parameters.ts";
import { test } from "../product/complaints.ts";
import { gatherActors } from "./actors.ts";
import { matrixRows, parameterNames } from "./asks/rows.ts";
import { runJobs, sealTokens } from "./jobs.ts";
import { type MatrixProduct, startMatrixProduct } from "./product.ts";
import { runMatrix } from "./run.ts";
import { type OpenStream, openStream, untilQuiet } from "./streams.ts";
import { digesting, unmarkedColumns } from "./tenant/rows-untouched.ts";

interface BuiltRoute {
  hasLoader: boolean;
  hasAction: boolean;
}

/** The routes as the build lists them, by the ids of Remix, without their folder: `conversations_.$id`. */
function builtRoutes(): Map<string, BuiltRoute> {
  const folder = path.join(root, "public/build");
  const name = readdirSync(folder).find((file) => /^manifest-\w+\.js$/.test(file));
  if (!name) throw new Error("There is no build: npm run build first.");
  const text = readFileSync(path.join(folder, name), "utf8");
  const manifest = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as {
    routes: Record<string, BuiltRoute>;
  };
  return new Map(Object.entries(manifest.routes).map(([id, route]) => [id.replace(/^routes\//, ""), route]));
}

test.describe.configure({ mode: "serial", retries: 0 });

let product: MatrixProduct;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  product = await startMatrixProduct();
});
test.afterAll(() => product?.stop());

test("R31 each route of the build has its row, and each row its route", () => {
  const built = [...builtRoutes()].map(([id, { hasLoader, hasAction }]) => ({ id, hasLoader, hasAction }));
  const rows = Object.entries(matrixRows(product.a, product.b, product.parked)).map(
    ([id, { loader, action }]) => ({
      id,
      hasLoader: (loader ?? []).length > 0,
      hasAction: (action ?? []).length > 0,
    }),
  );
  const byId = (x: { id: string }, y: { id: string }) => x.id.localeCompare(y.id);
  expect(rows.sort(byId)).toEqual(built.sort(byId));
});

test("R31 each column of text of a workspace's tables holds something to be found", async () => {
  for (const tenant of [product.a, product.b]) expect(await unmarkedColumns(product.sql, tenant)).toEqual([]);
});

test("R31 nothing of a workspace is told to, or changed by, who has no business there", async () => {
  test.setTimeout(600_000);
  const started = performance.now();
  const verdict = await runMatrix(product, await gatherActors(product), byTier({ oneForm: true }, {}));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `R31: seed ${product.seed}, ${verdict.requests} requests (${JSON.stringify(verdict.counts)}), ${verdict.putOff} put off, ${verdict.leaks.length} leaks in ${seconds} s`,
  );
  expect(verdict.problems.slice(0, 40)).toEqual([]);
  expect(verdict.putOff).toBeLessThan(verdict.requests / 50);
  // Who works there does see something: the questions are good ones.
  const rows = Object.entries(matrixRows(product.a, product.b, product.parked));
  const silent = rows
    .filter(([route, { shows }]) => shows && !verdict.shown.has(route))
    .map(([route]) => route);
  expect(silent).toEqual([]);
});

test("R31 each parameter that a route reads of a request is given in its row", () => {
  const rows = matrixRows(product.a, product.b, product.parked);
  const missing = routeParameters().flatMap(({ id, names }) => {
    const given = parameterNames(rows[id]);
    return names.filter((name) => !given.has(name)).map((name) => `${id}: ${name}`);
  });
  expect(missing).toEqual([]);
});

test("R31 a page that is open hears of its own workspace and of no other", async () => {
  const { a, b, staff, sql } = product;
  const cookies = [a.people.admin.email, b.people.admin.email, staff.email].map(product.signIn);
  const streams = await Promise.all(cookies.map(async (cookie) => openStream(product, await cookie)));
  const [ofA, ofB, ofStaff] = streams as [OpenStream, OpenStream, OpenStream];
  await untilQuiet(product, [a.id, b.id, staff.tenantId], streams);
  await sql("update channel_connections set updated_at = now() where tenant_id = $1", [a.id]);
  await expect.poll(ofA.told, { intervals: [20] }).toEqual(["connections"]);
  await sql("select pg_notify('live', 'conversations ' || $1)", [b.id]);
  await expect.poll(ofB.told, { intervals: [20] }).toEqual(["conversations"]);
  expect(ofA.told()).toEqual(["connections"]);
  expect(ofStaff.told()).toEqual([]);
  for (const stream of streams) stream.leave();
});

test("R31 what a workspace has the worker do leaves every other as it is, whatever it names", async () => {
  const { a, b } = product;
  const digestOf = await digesting(product.sql);
  await sealTokens(product, b);
  const before = await digestOf(a);
  const ran = [await runJobs(product, b, a), await runJobs(product, b, b)];
  console.log(`R31: ${ran.join(" + ")} jobs`);
  expect(await digestOf(a)).toBe(before);
});
