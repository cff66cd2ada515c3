/** The product of the journeys: one for each of Playwright's workers, with the demo's people and a mail server. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startMailCatcher } from "../../../scripts/dev/mail-catcher.ts";
import { seedDemo } from "../../../scripts/seed.ts";
import { root } from "../../../scripts/stack.ts";
import { test as base } from "./complaints.ts";
import { type Product, startProduct } from "./start.ts";
import { oncePerWorker } from "./worker-scope.ts";

export interface JourneyProduct extends Product {
  /** The mail server's page; its mails are under `/api/mails`. */
  mailsUrl: string;
  smtpUrl: string;
}

let running: JourneyProduct | undefined;

/** That of this worker, from the first test on. Throws before. */
export function product(): JourneyProduct {
  if (!running) throw new Error("There is no product yet: take `test` from journey.ts.");
  return running;
}

const [start, options] = oncePerWorker(startForJourneys);

/** Playwright's own, with the product started once for all files of a worker that use it. */
export const test = base.extend<object, { started: JourneyProduct }>({
  started: [start, { ...options, auto: true }],
});

async function startForJourneys(): Promise<JourneyProduct> {
  const catcher = await startMailCatcher();
  const started = await startProduct({
    // The stricter of the two ways to come in; other tests of the browser start products on one DATABASE_URL.
    hasLogins: true,
    smtpUrl: catcher.smtpUrl,
    arrange: ({ url }) => seedDemo(url, { anywhere: true }),
  }).catch(async (error: unknown) => {
    await catcher.stop();
    throw error;
  });
  const stop = async () => {
    running = undefined;
    await started.stop();
    await catcher.stop();
    writeLog(started.lines);
  };
  running = { ...started, mailsUrl: catcher.url, smtpUrl: catcher.smtpUrl, stop };
  return running;
}

/** For whoever looks for the cause of a failure. */
function writeLog(lines: string[]): void {
  const folder = path.join(root, "test-results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `product.${process.env.TEST_WORKER_INDEX}.log`), `${lines.join("\n")}\n`);
}
