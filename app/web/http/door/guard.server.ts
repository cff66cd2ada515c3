/** Gates for every request that goes to Express, and what the answers say beyond `plainHeaders`, which is every answer's. */
import { randomBytes } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import helmet from "helmet";
import { neverAllowed } from "../../../platform/bare-server.server.ts";
import type { Services } from "../../services.server.ts";
import { formCapBytes } from "../body/body.server.ts";
import { refuseCrossSite } from "./csrf.server.ts";

type Setting = Pick<Services, "origin" | "dialogOrigin" | "sdkOrigin">;

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export function guard(setting: Setting): RequestHandler[] {
  return [
    (request, response, next) => {
      // What no page or endpoint takes never reaches Remix, which would make an error of it.
      if (!methods.has(request.method)) {
        return response
          .status(405)
          .set("Allow", [...methods].join(", "))
          .type("text/plain")
          .send("Method Not Allowed");
      }
      next();
    },
    (_request, response, next) => {
      response.locals.cspNonce = randomBytes(16).toString("base64");
      next();
    },
    helmet(headers(setting)),
    (request, response, next) => {
      // The address holds a code: no next page learns it, whatever the answer is.
      if (/^\/api\/integrations\/.*\/callback(?:\.data)?$/.test(request.path))
        response.setHeader("Referrer-Policy", "no-referrer");
      next();
    },
    (request, response, next) => {
      if (request.path.startsWith("/webhooks/")) return next();
      const gate = {
        method: request.method,
        headers: { get: (name: string) => request.get(name) },
        origin: setting.origin,
      };
      if (refuseCrossSite(gate) === "cross_site") {
        return response
          .status(403)
          .type("text/plain")
          .send("This request came from another site and was refused.");
      }
      if (bodyTooLarge(request)) {
        return response
          .status(413)
          .set("Connection", "close")
          .type("text/plain")
          .send("That form is too large.");
      }
      next();
    },
  ];
}

/** A browser always announces the length of a form; a body of unknown length is none of ours. */
function bodyTooLarge(request: Request): boolean {
  if (request.method === "GET" || request.method === "HEAD") return false;
  return (
    request.get("transfer-encoding") !== undefined ||
    Number(request.get("content-length") ?? 0) > formCapBytes
  );
}

function headers({ dialogOrigin, sdkOrigin }: Setting): Parameters<typeof helmet>[0] {
  const development = process.env.NODE_ENV === "development";
  const sdk = sdkOrigin === undefined ? [] : [sdkOrigin];
  const called = sdkOrigin === undefined ? [] : calledBySdk(sdkOrigin, dialogOrigin);
  const nonce = (_request: unknown, response: unknown) => `'nonce-${(response as Response).locals.cspNonce}'`;
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'self'"],
        "script-src": ["'self'", nonce, ...sdk],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        // In development the compiler's live reload listens on a port of its own.
        "connect-src": [...(development ? ["'self'", "ws:"] : ["'self'"]), ...called],
        ...(called.length > 0 ? { "frame-src": called } : {}),
        // Browsers apply this to where a form's redirect leads: Connect WhatsApp ends at Meta's dialog.
        "form-action": ["'self'", dialogOrigin],
        ...neverAllowed,
      },
    },
    // Of `plainHeaders`.
    crossOriginOpenerPolicy: false,
    referrerPolicy: false,
    strictTransportSecurity: false,
    xContentTypeOptions: false,
    xFrameOptions: false,
  };
}

/** What the script for sign-up windows asks and frames: of Meta its three hosts, of a stand-in only itself. */
function calledBySdk(sdkOrigin: string, dialogOrigin: string): string[] {
  if (sdkOrigin !== "https://connect.facebook.net") return [...new Set([sdkOrigin, dialogOrigin])];
  return ["https://www.facebook.com", "https://graph.facebook.com", sdkOrigin];
}
