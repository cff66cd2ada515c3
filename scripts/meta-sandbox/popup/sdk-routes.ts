import express, { type Router } from "express";
import { sendScript } from "./browser-files.ts";

/** The stand-in for Meta's JavaScript SDK, under the plain address and under any locale (`/en_US/sdk.js`). */
export function sdkRoutes(): Router {
  const router = express.Router();
  router.get(/^(?:\/[a-z]{2}_[A-Z]{2})?\/sdk\.js$/, (_request, response) => sendScript(response, "sdk.js"));
  return router;
}
