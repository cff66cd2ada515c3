import type { ActionFunctionArgs } from "@remix-run/node";
import { disconnect } from "../integrations/connection/disconnect.server.ts";
import {
  actorOf,
  channelOf,
  connectionIdFrom,
  requireMethod,
} from "../web/connect/channel-request.server.ts";
import { redirectWithNotice } from "../web/frame/frame.server.ts";
import { wantsJson } from "../web/http/request.server.ts";
import { services } from "../web/services.server.ts";
import { requireApiViewer, requireViewer } from "../web/session/session.server.ts";

/** `POST`: ends one connection (`connectionId`), or all of the channel. Safe to repeat. */
export async function action({ request, params }: ActionFunctionArgs) {
  requireMethod(request, "POST");
  const channel = channelOf(params);
  const json = wantsJson(request);
  const viewer = json ? await requireApiViewer(request) : await requireViewer(request);
  const connectionId = await connectionIdFrom(request);
  const actor = actorOf(viewer, request);
  const { disconnected } = await disconnect(services().integrations, actor, { channel, connectionId });
  if (json) return Response.json({ connected: false }, { headers: { "Cache-Control": "no-store" } });
  return redirectWithNotice(
    request,
    "/settings/integrations",
    disconnected > 0 ? "disconnected" : "nothing_to_disconnect",
  );
}

export async function loader({ request }: { request: Request }) {
  requireMethod(request, "POST");
  return null;
}
