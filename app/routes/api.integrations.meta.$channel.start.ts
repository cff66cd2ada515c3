import { type ActionFunctionArgs, redirect } from "@remix-run/node";
import { channels } from "../integrations/catalog.ts";
import { startConnect } from "../integrations/connect/flow.server.ts";
import { actorOf, channelOf, requireMethod } from "../web/connect/channel-request.server.ts";
import { requireEndpointBudget } from "../web/connect/too-many.server.tsx";
import { fieldOf, readFields } from "../web/http/input.server.ts";
import { clientIp, wantsJson } from "../web/http/request.server.ts";
import { services } from "../web/services.server.ts";
import { requireApiViewer, requireViewer } from "../web/session/session.server.ts";

/**
 * `POST`: JSON callers get `{authUrl, state}`, a form is sent to Meta. `flow=popup` begins an attempt for a window,
 * `number=on_phone` one for a number that stays in an app on somebody's phone.
 */
export async function action({ request, params }: ActionFunctionArgs) {
  requireMethod(request, "POST");
  const channel = channelOf(params);
  const json = wantsJson(request);
  const viewer = json ? await requireApiViewer(request) : await requireViewer(request);
  await requireEndpointBudget(request, viewer, "start");
  const { integrations, trustedProxyHops } = services();
  const fields = await readFields(request);
  const flow = fieldOf(fields, "flow");
  const hasWindow = integrations.connectors[channel].signupWindow !== undefined;
  const caller = {
    flow: flow === "popup" && hasWindow ? ("popup" as const) : ("redirect" as const),
    onPhone: channels[channel].hasPhoneApp && fieldOf(fields, "number") === "on_phone",
    ip: clientIp(request, trustedProxyHops),
    userAgent: request.headers.get("user-agent") ?? "",
  };
  const started = await startConnect(integrations, actorOf(viewer, request), { channel, caller });
  if (json) return Response.json(started, { headers: { "Cache-Control": "no-store" } });
  return redirect(started.authUrl, { status: 303, headers: { "Cache-Control": "no-store" } });
}

export async function loader({ request }: { request: Request }) {
  requireMethod(request, "POST");
  return null;
}
