/**
 * The one reader of what a request carries, whoever asks for it: a delivery of Meta's, a form, a callback. Bounded for
 * each, and for all together while nobody knows yet who sent them.
 */
import type { IncomingMessage } from "node:http";
import { discardAtMost } from "../../../platform/bare-server.server.ts";
import { mostFields } from "../input.server.ts";
import { createBodyRoom } from "./body-room.server.ts";
import { gatherBytes } from "./gathered-bytes.server.ts";

/** Our forms are small; only the webhook takes large bodies, and it has a cap of its own. */
export const formCapBytes = 128 * 1024;

/** Of all bodies together; five of Meta's largest. */
const room = createBodyRoom(16 * 1024 * 1024);

/**
 * The bytes, or "too_large" as soon as the announced or the arrived size passes `cap`: the answer need not wait for the
 * rest, which is dropped as it comes. "busy": others hold all the room. Rejects when the sender goes away.
 */
export function readBody(request: IncomingMessage, cap: number): Promise<Buffer | "too_large" | "busy"> {
  return new Promise((resolve, reject) => {
    const gathered = gatherBytes();
    let size = 0;
    let refused = false;
    const refuse = (why: "too_large" | "busy") => {
      refused = true;
      gathered.drop();
      place.leave();
      resolve(why);
    };
    const place = room.enter(() => refuse("busy"));
    if (Number(request.headers["content-length"] ?? 0) > cap) refuse("too_large");
    request.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (refused) {
        if (size > discardAtMost) request.destroy();
        return;
      }
      gathered.add(chunk);
      if (size > cap) refuse("too_large");
      else place.take(chunk.byteLength);
    });
    request.once("end", () => resolve(gathered.bytes()));
    request.once("error", reject);
    request.once("close", () => {
      place.leave();
      reject(new Error("the sender went away"));
    });
  });
}

/** Whether reading a form's fields out of these bytes would take longer than any form of ours. */
export function hasTooManyFields(body: Buffer): boolean {
  let fields = 1;
  for (let at = body.indexOf("&"); at >= 0 && fields <= mostFields; at = body.indexOf("&", at + 1)) fields++;
  return fields > mostFields;
}
