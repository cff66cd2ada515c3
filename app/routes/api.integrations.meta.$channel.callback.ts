import type { LoaderFunctionArgs } from "@remix-run/node";
import { completeConnect } from "../integrations/connections.server.ts";
import { actorOf, afterConnect, channelOf, requireMethod } from "../web/api.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session.server.ts";

/** `GET`: where Meta sends the person back to, with a code or an error. Always ends at a page that says what happened. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const channel = channelOf(params);
  const viewer = await requireViewer(request);
  const query = new URL(request.url).searchParams;
  const outcome = await completeConnect(services().integrations, actorOf(viewer, request), {
    channel,
    params: { state: query.get("state"), code: query.get("code"), error: query.get("error") },
  });
  return afterConnect(channel, outcome);
}

export async function action({ request }: { request: Request }) {
  requireMethod(request, "GET");
  return null;
}
