/** What is measured: the product's two built deployables, or the plain receiver. Each starts on a database of its own. */
import { fileURLToPath } from "node:url";
import { freePort } from "../../db/testing/free-port.ts";
import { generateSecrets } from "../stack.ts";
import { type Child, startNode, untilOk } from "./children.ts";
import type { Cluster } from "./cluster.ts";
import { templates } from "./world/seed.ts";

/** As `npm start` and `npm run worker` have it. */
const semiSpace = "--max-semi-space-size=16";

export interface Target {
  kind: "product" | "baseline";
  databaseUrl: string;
  ports: number[];
  path: string;
  appSecret: string;
  webs: Child[];
  workers: Child[];
  /** One row while accepted work is open. */
  openWorkSql: string;
  stop(): Promise<void>;
}

export interface Processes {
  webs: number;
  workers: number;
}

const secrets = generateSecrets();
let databases = 0;

export async function newDatabase(cluster: Cluster, kind: Target["kind"]): Promise<string> {
  return cluster.createDatabase(`bench_${kind}_${++databases}`, templates[kind]);
}

export async function dropDatabase(cluster: Cluster, databaseUrl: string): Promise<void> {
  await cluster.dropDatabase(new URL(databaseUrl).pathname.slice(1));
}

/** In production mode, with nothing of Meta behind it: its address leads to a closed port of this machine. */
export async function startProduct(
  cluster: Cluster,
  databaseUrl: string,
  processes: Processes = { webs: 1, workers: 1 },
): Promise<Target> {
  const ports = await freePorts(processes.webs);
  const probePorts = await freePorts(processes.workers);
  const env = productEnv(databaseUrl, ports[0] ?? 0);
  const log = (name: string) => `${cluster.folder}/product-${name}.log`;
  const webs = ports.map((port) =>
    startNode("web", [semiSpace, "build/web/index.js"], { ...env, PORT: String(port) }, log("web")),
  );
  const workers = probePorts.map((port) =>
    startNode(
      "worker",
      [semiSpace, "build/worker/index.js"],
      { ...env, WORKER_PORT: String(port) },
      log("worker"),
    ),
  );
  await Promise.all([
    ...webs.map((web, n) => untilOk(`http://127.0.0.1:${ports[n]}/readyz`, web)),
    ...workers.map((worker, n) => untilOk(`http://127.0.0.1:${probePorts[n]}/readyz`, worker)),
  ]);
  return {
    kind: "product",
    databaseUrl,
    ports,
    webs,
    workers,
    path: "/webhooks/meta/whatsapp",
    appSecret: secrets.appSecret,
    openWorkSql: "select 1 from webhook_deliveries where processed_at is null limit 1",
    stop: () => stopBoth(workers, webs),
  };
}

export async function startBaseline(cluster: Cluster, databaseUrl: string): Promise<Target> {
  const port = await freePort();
  const env = { NODE_ENV: "production", DATABASE_URL: databaseUrl, META_APP_SECRET: secrets.appSecret };
  const start = (name: string, file: URL, more: Record<string, string> = {}) =>
    startNode(
      `baseline ${name}`,
      [fileURLToPath(file)],
      { ...env, ...more },
      `${cluster.folder}/baseline-${name}.log`,
    );
  const web = start("web", new URL("./baseline/web.ts", import.meta.url), { PORT: String(port) });
  const worker = start("worker", new URL("./baseline/worker.ts", import.meta.url));
  await untilOk(`http://127.0.0.1:${port}/`, web);
  return {
    kind: "baseline",
    databaseUrl,
    ports: [port],
    webs: [web],
    workers: [worker],
    path: "/",
    appSecret: secrets.appSecret,
    openWorkSql: "select 1 from graphile_worker.jobs limit 1",
    stop: () => stopBoth([worker], [web]),
  };
}

async function stopBoth(workers: Child[], webs: Child[]): Promise<void> {
  for (const child of [...workers, ...webs]) await child.stop();
}

function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, () => freePort()));
}

function productEnv(databaseUrl: string, port: number): Record<string, string> {
  const closedPort = "http://127.0.0.1:9";
  return {
    NODE_ENV: "production",
    DATABASE_URL: databaseUrl,
    APP_ORIGIN: `http://localhost:${port}`,
    META_APP_ID: secrets.appId,
    META_APP_SECRET: secrets.appSecret,
    META_REDIRECT_URI: `http://localhost:${port}/api/integrations/meta/whatsapp/callback`,
    META_WEBHOOK_VERIFY_TOKEN: secrets.verifyToken,
    META_GRAPH_URL: closedPort,
    META_DIALOG_URL: closedPort,
    META_SDK_URL: `${closedPort}/sdk.js`,
    TOKEN_ENCRYPTION_KEY_BASE64: secrets.encryptionKey,
    SESSION_SECRETS: secrets.sessionSecret,
  };
}
