/** Two web processes, one worker and one Meta sandbox over a database of their own: what holds for one must for both. */
import { randomBytes } from "node:crypto";
import { expect } from "@playwright/test";
import { startAfresh } from "./afresh.ts";
import { test as base } from "./complaints.ts";
import { type Product, startProduct } from "./start.ts";
import { oncePerWorker } from "./worker-scope.ts";

export interface TwoWebs extends Product {
  /** The app secret before the present one, which is still good. */
  previousSecret: string;
}

/** As `npm start` does. */
const smallYoungGeneration = ["--max-semi-space-size=16"];

/** Each process comes in under a login of its own, the stricter of the two ways. */
export async function startTwoWebs({ adminUrl = "", hasLogins = true } = {}): Promise<TwoWebs> {
  const previousSecret = randomBytes(16).toString("hex");
  const product = await startProduct({
    ...(adminUrl ? { adminUrl } : {}),
    hasTwoWebs: true,
    hasLogins,
    nodeOptions: { web: smallYoungGeneration },
    env: () => ({ META_APP_SECRET_PREVIOUS: previousSecret }),
  });
  return { ...product, previousSecret };
}

/** Playwright's own, with the product started once for all files that use it, and ended after the last of them. */
export const test = base.extend<object, { started: TwoWebs }>({
  started: oncePerWorker(() => startTwoWebs()),
});

/** Each test of the file finds the product without connections, and a sandbox as on its first day. */
export function withTwoWebs(): TwoWebs {
  // Filled before any test looks.
  const product = {} as TwoWebs;
  let from = 0;
  test.beforeEach(async ({ started }) => {
    Object.assign(product, started);
    from = product.lines.length;
    await startAfresh(product);
  });
  test.afterEach(() => {
    expect(product.lines.slice(from).filter((line) => /^web.*"status":5\d\d/.test(line))).toEqual([]);
  });
  return product;
}
