/**
 * What the frame around every page shows: one notice carried over a redirect, shown once (a code travels, never words:
 * the words are the page's), and the incidents that need somebody.
 */
import { redirect } from "@remix-run/node";
import type { IncidentGroup } from "../../components/frame/incident-banner.tsx";
import { type NoticeCode, noticeCodes } from "../../texts/shapes.ts";
import { sessionStorage, type Viewer, viewerOf } from "../session/session.server.ts";
import { incidentsFor } from "./incidents.server.ts";

/** 303 to `path`, where the notice will be shown. Without a session the redirect still happens, silently. */
export async function redirectWithNotice(
  request: Request,
  path: string,
  notice: NoticeCode,
): Promise<Response> {
  const storage = sessionStorage();
  const session = await storage.getSession(request.headers.get("cookie"));
  if (!session.has("viewer")) return redirect(path, 303);
  session.set("notice", notice);
  return redirect(path, { status: 303, headers: { "Set-Cookie": await storage.commitSession(session) } });
}

interface Frame {
  viewer: Viewer | null;
  notice: NoticeCode | undefined;
  /** Of the viewer's workspace. */
  incidents: IncidentGroup[];
}

/** Who asks, what needs them, and the notice that waits for them, which is thereby used up. */
export async function readFrame(request: Request): Promise<Frame> {
  const storage = sessionStorage();
  const session = await storage.getSession(request.headers.get("cookie"));
  const viewer = viewerOf(session);
  const waiting = session.get("notice");
  if (waiting !== undefined) {
    session.unset("notice");
    await storage.commitSession(session);
  }
  const incidents = viewer ? await incidentsFor(request, viewer) : [];
  return { viewer, notice: noticeCodes.find((code) => code === waiting), incidents };
}
