import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler } from "express";
import { controlApi } from "./control/api.ts";
import { createCallLog } from "./control/call-log.ts";
import { challengeCallback } from "./control/change-world.ts";
import { type Control, createControl } from "./control/control.ts";
import { controlPageRoutes } from "./control/page/routes.ts";
import { createScenarioRules } from "./control/scenarios.ts";
import { dialogRoutes } from "./dialog/routes.ts";
import { createDialogSessions } from "./dialog/session.ts";
import { splitVersion } from "./graph/request.ts";
import { serveGraph } from "./graph/server.ts";
import { assertLoopback } from "./loopback-http.ts";
import { sdkRoutes } from "./popup/browser-files.ts";
import { DEFAULT_RETRY_DELAYS_MS, DeliveryEngine } from "./webhooks/deliveries.ts";
import { createClock } from "./world/clock.ts";
import { DEFAULT_WEBHOOK_FIELDS, type Platform } from "./world/platform.ts";
import { createStateSaver, loadState } from "./world/state-file.ts";
import { defaultSwitches } from "./world/switches.ts";
import { seededWorld, type World } from "./world/world.ts";

export interface SandboxOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  appId: string;
  appSecret: string;
  configId?: string;
  /** Valid OAuth redirect URIs, matched exactly. */
  redirectUris: string[];
  /** The app-level subscription. Its callback is challenged after the start; a refusal is recorded, not fatal. */
  webhook?: { callbackUrl: string; verifyToken: string };
  /** World, tokens and subscriptions survive a restart in this file. */
  stateFile?: string;
  /** Milliseconds since 1970. */
  now?: () => number;
  retryDelaysMs?: number[];
  log?: (line: string) => void;
}

export interface Sandbox {
  url: string;
  port: number;
  /** The live world: changes show at once, and `control.reset` puts another one in its place. */
  readonly world: World;
  control: Control;
  stop(): Promise<void>;
}

/**
 * Starts the stand-in for Meta: dialog, SDK, Graph API, webhooks, control page and control API on one origin.
 * @throws the listen error (`EADDRINUSE`, …) when the port cannot be had.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  if (options.webhook) assertLoopback(options.webhook.callbackUrl);
  const { platform, flush } = createPlatform(options);
  const control = createControl(platform);
  const server = createServer(createApp(platform, control));
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  // The web app may start later than the sandbox: nobody waits for this.
  void challengeCallback(platform);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get world() {
      return platform.state.world;
    },
    control,
    stop: async () => {
      platform.deliveries.close();
      await close(server);
      flush();
    },
  };
}

function createPlatform(options: SandboxOptions): { platform: Platform; flush: () => void } {
  const log = options.log ?? (() => {});
  const saved = options.stateFile === undefined ? null : loadState(options.stateFile, log);
  const clock = createClock(options.now ?? Date.now);
  clock.setOffset(saved?.clockOffsetMs ?? 0);
  const saver = options.stateFile === undefined ? null : createStateSaver(options.stateFile, () => platform);
  const retryDelaysMs = options.retryDelaysMs ?? DEFAULT_RETRY_DELAYS_MS;
  const platform: Platform = {
    app: {
      appId: options.appId,
      appSecret: options.appSecret,
      previousSecret: null,
      name: "Curbe",
      configId: options.configId ?? null,
      redirectUris: options.redirectUris,
      webhook: options.webhook
        ? { ...options.webhook, fields: saved?.webhook?.fields ?? DEFAULT_WEBHOOK_FIELDS, handshake: null }
        : (saved?.webhook ?? null),
    },
    state: saved?.state ?? { world: seededWorld(), tokens: [], codes: [], installations: [], outbound: [] },
    switches: defaultSwitches(),
    clock,
    scenarios: createScenarioRules(),
    calls: createCallLog(),
    deliveries: new DeliveryEngine({ clock, retryDelaysMs, log }),
    dialogs: createDialogSessions(),
    changed: () => saver?.schedule(),
    log,
  };
  return { platform, flush: () => saver?.flush() };
}

function createApp(platform: Platform, control: Control): express.Express {
  const app = express();
  app.disable("x-powered-by").disable("etag").set("query parser", false);
  app.use(express.raw({ type: () => true, limit: "10mb", inflate: false }));
  app.use("/sandbox/api", controlApi(control));
  app.use("/sandbox", controlPageRoutes(control));
  app.use((request, _response, next) => {
    // The dialog answers under every version; Graph reads the version from the original path.
    const { rest } = splitVersion(request.url);
    if (rest.startsWith("/dialog/")) request.url = rest;
    next();
  });
  app.use(sdkRoutes());
  app.use(dialogRoutes(platform));
  app.use((request, response, next) => {
    serveGraph(platform, request, response).catch(next);
  });
  app.use(answerFailure(platform));
  return app;
}

/** The last resort, for bodies that are too large and for defects: no stack trace reaches the caller. */
function answerFailure(platform: Platform): ErrorRequestHandler {
  return (error: { status?: number; message?: string }, _request, response, next) => {
    platform.log(`request failed: ${error.message ?? "unknown"}`);
    if (response.headersSent) next(error);
    else response.status(error.status ?? 500).json({ error: "The sandbox could not serve this request." });
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
}

/** Open connections, hanging scenarios included, are cut. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
