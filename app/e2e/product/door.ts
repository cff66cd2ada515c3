/** A web whose event loop is watched, as it stands behind a proxy that speaks https, for what anybody may send to it. */
import { expect } from "@playwright/test";
import { freePort } from "../../../db/testing/free-port.ts";
import { seedDemo } from "../../../scripts/seed.ts";
import { test as base } from "./complaints.ts";
import { type Product, startProduct } from "./start.ts";
import { oncePerWorker } from "./worker-scope.ts";

export interface DoorProduct extends Product {
  web: number;
  worker: number;
  webPid: number;
  /** Where a proxy would listen: the port of the app's own address, which begins with https. */
  publicPort: number;
  publicOrigin: string;
  /** The longest turn of the web's event loop since it was asked last, in milliseconds of CPU time. */
  longestTurnMs(): Promise<number>;
}

/** Playwright's own, with the product started once for all files that use it. A test after which a process ended fails. */
export const test = base.extend<{ product: DoorProduct }, { started: DoorProduct }>({
  started: oncePerWorker(startDoor),
  product: async ({ started }, use) => {
    const before = started.pids();
    await use(started);
    // A process that died and was started again has another id.
    expect(started.pids()).toEqual(before);
  },
});

async function startDoor(): Promise<DoorProduct> {
  const [watchPort, publicPort] = [await freePort(), await freePort()];
  const publicOrigin = `https://localhost:${publicPort}`;
  const product = await startProduct({
    nodeOptions: { web: ["--import", "./app/e2e/door/loop-watch.ts"] },
    arrange: ({ url }) => seedDemo(url, { anywhere: true }),
    // As in production, where all of it is reached by https and by way of one proxy.
    env: () => ({
      LOOP_WATCH_PORT: String(watchPort),
      APP_ORIGIN: publicOrigin,
      META_REDIRECT_URI: `${publicOrigin}/api/integrations/meta/whatsapp/callback`,
      TRUSTED_PROXY_HOPS: "1",
    }),
  });
  const { webs, worker } = product.ports;
  const longestTurnMs = async () => {
    const answer = await fetch(`http://127.0.0.1:${watchPort}`);
    return ((await answer.json()) as { longestMs: number }).longestMs;
  };
  const about = { web: webs[0] ?? 0, worker, webPid: product.pids()[1] ?? 0, publicPort, publicOrigin };
  return { ...product, ...about, longestTurnMs };
}
