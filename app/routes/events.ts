import type { LoaderFunctionArgs } from "@remix-run/node";
import { requireMethod } from "../web/connect/channel-request.server.ts";
import { readQuery } from "../web/http/input.server.ts";
import { openEventStream } from "../web/live/event-stream.server.ts";
import { requireApiViewer } from "../web/session/session.server.ts";

/** `GET`: a stream of what changes in this workspace. With `?check` only whether there is anybody to ask: 204. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  requireMethod(request, "GET");
  const viewer = await requireApiViewer(request);
  if (readQuery(request).has("check")) {
    return new Response(null, { status: 204, headers: { "Cache-Control": "no-store" } });
  }
  return openEventStream(request, viewer, context);
}

export async function action({ request }: { request: Request }) {
  requireMethod(request, "GET");
  return null;
}
