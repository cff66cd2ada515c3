/**
 * The one reader of what a request carries, whoever asks for it: a delivery of Meta's, a form, a callback. Bounded for
 * each, and for all together while nobody knows yet who sent them.
 */
import type { IncomingMessage } from "node:http";
import { discardAtMost } from "../../platform/bare-server.server.ts";

/** What one body may hold without asking: Meta's usual ones are a hundredth of it. */
const freeBytes = 64 * 1024;
/**
 * What all larger bodies may hold together while nobody knows yet who sent them: the signature is checked over the whole
 * of a body, so until then anybody can make us keep it.
 */
const sharedBytes = 16 * 1024 * 1024;
let sharedUsed = 0;

/**
 * The bytes, or "too_large" as soon as the announced or the arrived size passes `cap`: the answer need not wait for the
 * rest, which is dropped as it comes. "busy": others hold all the room. Rejects when the sender goes away.
 */
export function readBody(request: IncomingMessage, cap: number): Promise<Buffer | "too_large" | "busy"> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let share = 0;
    let refused = false;
    const giveBack = () => {
      sharedUsed -= share;
      share = 0;
    };
    const refuse = (why: "too_large" | "busy") => {
      refused = true;
      chunks.length = 0;
      giveBack();
      resolve(why);
    };
    if (Number(request.headers["content-length"] ?? 0) > cap) refuse("too_large");
    request.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (refused) {
        if (size > discardAtMost) request.destroy();
        return;
      }
      chunks.push(chunk);
      const more = Math.max(0, size - freeBytes) - share;
      share += more;
      sharedUsed += more;
      if (size > cap) refuse("too_large");
      else if (sharedUsed > sharedBytes) refuse("busy");
    });
    request.once("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.once("error", reject);
    request.once("close", () => {
      giveBack();
      reject(new Error("the sender went away"));
    });
  });
}

/** Our largest form lets somebody choose among fifty items. */
const mostFields = 600;

/** Whether reading a form's fields out of these bytes would take longer than any form of ours. */
export function hasTooManyFields(body: Buffer): boolean {
  let fields = 1;
  for (let at = body.indexOf("&"); at >= 0 && fields <= mostFields; at = body.indexOf("&", at + 1)) fields++;
  return fields > mostFields;
}
