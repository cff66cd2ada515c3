/** Reading a body as the bytes that were signed. */

/** Meta's largest is 3 MB; a little more, so that the limit is never what refuses a valid one. */
export const webhookBodyCap = 3 * 1024 * 1024 + 64 * 1024;

/**
 * The body, or "too_large" as soon as the announced or the arrived size passes `cap`. The rest is then left unread (not
 * cancelled: that would cut the connection before the answer), so the answer must close the connection.
 */
export async function readRawBody(request: Request, cap: number): Promise<Buffer | "too_large"> {
  if (Number(request.headers.get("content-length") ?? 0) > cap) return "too_large";
  if (!request.body) return Buffer.alloc(0);
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks, size);
    size += value.byteLength;
    if (size > cap) return "too_large";
    chunks.push(value);
  }
}
