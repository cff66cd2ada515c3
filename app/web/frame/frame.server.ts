/**
 * What the frame around every page shows: one message carried over a redirect, shown once (a code travels, never words:
 * the words are the page's), and the incidents that need somebody.
 */
import { redirect } from "@remix-run/node";
import type { IncidentGroup } from "../../components/frame/incident-banner.tsx";
import { type FlashCode, flashCodes } from "../../texts/shapes.ts";
import { sessionStorage, type Viewer, viewerOf } from "../session/session.server.ts";
import { incidentsFor } from "./incidents.server.ts";

/** 303 to `path`, where the message will be shown. Without a session the redirect still happens, silently. */
export async function flashTo(request: Request, path: string, flash: FlashCode): Promise<Response> {
  const storage = sessionStorage();
  const session = await storage.getSession(request.headers.get("cookie"));
  if (!session.has("viewer")) return redirect(path, 303);
  session.set("flash", flash);
  return redirect(path, { status: 303, headers: { "Set-Cookie": await storage.commitSession(session) } });
}

interface Frame {
  viewer: Viewer | null;
  flash: FlashCode | undefined;
  /** Of the viewer's workspace. */
  incidents: IncidentGroup[];
}

/** Who looks, what needs them, and the message that waits for them, which is thereby used up. */
export async function readFrame(request: Request): Promise<Frame> {
  const storage = sessionStorage();
  const session = await storage.getSession(request.headers.get("cookie"));
  const viewer = viewerOf(session);
  const waiting = session.get("flash");
  if (waiting !== undefined) {
    session.unset("flash");
    await storage.commitSession(session);
  }
  const incidents = viewer ? await incidentsFor(request, viewer) : [];
  return { viewer, flash: flashCodes.find((code) => code === waiting), incidents };
}
