/** Reading a body as the bytes that were signed. */
import { discardAtMost } from "../../../platform/bare-server.server.ts";

/** Meta's largest is 3 MB; a little more, so that the limit is never what refuses a valid one. */
export const webhookBodyCap = 3 * 1024 * 1024 + 64 * 1024;

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/**
 * The body, or "too_large" as soon as the announced or the arrived size passes `cap`: the answer need not wait for the
 * rest. The rest is dropped as it comes, because closing on a sender that still sends resets the connection, and it
 * would never see the answer.
 */
export async function readRawBody(request: Request, cap: number): Promise<Buffer | "too_large"> {
  const reader: Reader | undefined = request.body?.getReader();
  if (!reader) return Buffer.alloc(0);
  if (Number(request.headers.get("content-length") ?? 0) > cap) return refuse(reader);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks, size);
    size += value.byteLength;
    if (size > cap) return refuse(reader);
    chunks.push(value);
  }
}

function refuse(reader: Reader): "too_large" {
  void discard(reader).catch(() => {});
  return "too_large";
}

async function discard(reader: Reader): Promise<void> {
  for (let size = 0; size <= discardAtMost; ) {
    const { done, value } = await reader.read();
    if (done) return;
    size += value.byteLength;
  }
  await reader.cancel();
}
