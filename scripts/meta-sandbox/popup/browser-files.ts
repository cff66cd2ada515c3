import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Response } from "express";

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
