import { readFileSync } from "node:fs";
import { join } from "node:path";
import express, { type Response, type Router } from "express";

/** Serves a script of the `browser` folder; other origins may run it, whatever they load scripts with. */
export function sendScript(response: Response, name: "sdk.js" | "popup-end.js"): void {
  response.set({
    "Cache-Control": "no-store",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
  });
  response.type("text/javascript").send(readFileSync(join(import.meta.dirname, "browser", name), "utf8"));
}

/** The stand-in for Meta's JavaScript SDK, under the plain address and under any locale (`/en_US/sdk.js`). */
export function sdkRoutes(): Router {
  const router = express.Router();
  router.get(/^(?:\/[a-z]{2}_[A-Z]{2})?\/sdk\.js$/, (_request, response) => sendScript(response, "sdk.js"));
  return router;
}
