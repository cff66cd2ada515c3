/**
 * The web process: Express around Remix. Order: the door, Meta's deliveries, identify, probe, guard, serve files, wait
 * for one's turn, hand over to Remix, and at last what is said of an error.
 */
import * as build from "@remix-run/dev/server-build";
import { broadcastDevReady, installGlobals } from "@remix-run/node";
import closeWithGrace from "close-with-grace";
import express from "express";
import compressedFiles from "express-static-gzip";
import { createBareServer } from "./platform/bare-server.server.ts";
import { captureConsole } from "./platform/log.server.ts";
import { limitAtOnce } from "./web/http/body/at-once.server.ts";
import { prepareToClose } from "./web/http/door/closing.server.ts";
import { limitConnections } from "./web/http/door/connections.server.ts";
import { createDoor } from "./web/http/door/door.server.ts";
import { guard } from "./web/http/door/guard.server.ts";
import { identify } from "./web/http/door/identify.server.ts";
import { createErrorHandler } from "./web/http/errors.server.ts";
import { createProbes } from "./web/http/probes.server.ts";
import { createRemixHandler } from "./web/http/remix.server.ts";
import { services } from "./web/services.server.ts";
import { createDeliveryLane } from "./web/webhook/delivery-lane.server.ts";

installGlobals({ nativeFetch: true });
const { log, port, origin, secureCookies: secure } = services();
// In development it is a person who reads.
if (process.env.NODE_ENV === "production") captureConsole(log);
const probes = createProbes(services());

const isAdmitted = createDoor(services());
const takeDelivery = createDeliveryLane(services());
let draining = false;

const app = express();
app.disable("x-powered-by");
app.set("query parser", false);
app.use(identify(services()));
app.use(probes.router);
app.use(guard(services()));
// As the build has compressed them; a form or a page is small and says what is private, so it goes as it is.
app.use(
  "/build",
  compressedFiles("public/build", {
    enableBrotli: true,
    orderPreference: ["br", "gzip"],
    serveStatic: { immutable: true, maxAge: "1y", fallthrough: false, redirect: false, index: false },
  }),
);
app.use(express.static("public", { maxAge: "1h", index: false, redirect: false }));
app.use(limitAtOnce(services()));
app.all("*", createRemixHandler({ build, mode: process.env.NODE_ENV, origin }));
app.use(createErrorHandler(services()));

// Slow senders are cut off: Meta delivers in one go, and an idle socket costs as much as a busy one.
const options = { headersTimeout: 10_000, requestTimeout: 14_000, connectionsCheckingInterval: 1_000 };
const server = createBareServer({ log, secure, options }, (request, response) => {
  if (draining) response.shouldKeepAlive = false;
  if (isAdmitted(request, response) && !takeDelivery(request, response)) app(request, response);
});
server.keepAliveTimeout = 65_000;
limitConnections(server);
const closeServer = prepareToClose(server);

server.once("error", (error: NodeJS.ErrnoException) => {
  const taken = error.code === "EADDRINUSE";
  log.error(taken ? "port is taken: set PORT to a free one" : "cannot listen", { port, error });
  process.exit(1);
});
server.listen(port, () => {
  log.info("web is listening", { port });
  if (process.env.NODE_ENV === "development") void broadcastDevReady(build);
});

// Draining: answers say `Connection: close` for a moment before the listener goes, so that no request of a keep-alive
// connection meets a closed door. Plain close lost 6 of 33,000 requests over rolling restarts, this lost none.
const drainMs = process.env.NODE_ENV === "production" ? 1_500 : 0;
closeWithGrace({ delay: 20_000 }, async ({ err, signal }) => {
  if (err) log.error("web ends on an error", { error: err });
  else log.info("web is draining", { reason: signal ?? "asked to close" });
  draining = true;
  probes.drain();
  // Open pages look for another process while this one still answers everything else.
  void services().live.close();
  await new Promise((resolve) => setTimeout(resolve, drainMs));
  await closeServer();
  await services().close();
});
