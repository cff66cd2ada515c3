/** One message carried over a redirect, shown once. A code travels, never words: the words are the page's. */
import { redirect } from "@remix-run/node";
import { sessionStorage, type Viewer, viewerOf } from "./session.server.ts";

const flashCodes = ["disconnected", "nothing_to_disconnect"] as const;
export type FlashCode = (typeof flashCodes)[number];

/** 303 to `path`, where the message will be shown. Without a session the redirect still happens, silently. */
export async function flashTo(request: Request, path: string, flash: FlashCode): Promise<Response> {
  const storage = sessionStorage();
  const session = await storage.getSession(request.headers.get("cookie"));
  if (!session.has("viewer")) return redirect(path, 303);
  session.set("flash", flash);
  return redirect(path, { status: 303, headers: { "Set-Cookie": await storage.commitSession(session) } });
}

/** Who looks, and the message that waits for them, which is thereby used up. For the frame around every page. */
export async function readFrame(
  request: Request,
): Promise<{ viewer: Viewer | null; flash: FlashCode | undefined }> {
  const storage = sessionStorage();
  const session = await storage.getSession(request.headers.get("cookie"));
  const viewer = viewerOf(session);
  const waiting = session.get("flash");
  if (waiting !== undefined) {
    session.unset("flash");
    await storage.commitSession(session);
  }
  return { viewer, flash: flashCodes.find((code) => code === waiting) };
}
