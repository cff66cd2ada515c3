import type { LoaderFunctionArgs } from "@remix-run/node";
import { channelStatus } from "../integrations/connection/connections.server.ts";
import { channelOf, requireMethod } from "../web/connect/channel-request.server.ts";
import { services } from "../web/services.server.ts";
import { requireApiViewer } from "../web/session/session.server.ts";

/** `GET`: what this workspace is connected to. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const channel = channelOf(params);
  const viewer = await requireApiViewer(request);
  const status = await channelStatus(services().integrations, viewer, channel);
  return Response.json(status, { headers: { "Cache-Control": "no-store" } });
}

export async function action({ request }: { request: Request }) {
  requireMethod(request, "GET");
  return null;
}
