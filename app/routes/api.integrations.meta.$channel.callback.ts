import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { completeConnect } from "../integrations/connect/flow.server.ts";
import { actorOf, afterConnect, channelOf, requireMethod } from "../web/connect/channel-request.server.ts";
import { requireEndpointBudget } from "../web/connect/too-many.server.tsx";
import { fieldOf, type PathParams, readForm, readQuery } from "../web/http/input.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session/session.server.ts";

/** `GET`: where Meta sends the person back to, with a code or an error. Always ends at a page that says what happened. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  const query = readQuery(request);
  return complete(request, params, (name) => (query.has(name) ? fieldOf(query, name, 4_096) : null));
}

/** `POST`: the same, from our own page, which was told by a window of Meta's. The code stands in no address. */
export async function action({ request, params }: ActionFunctionArgs) {
  requireMethod(request, "POST");
  const form = await readForm(request);
  return complete(request, params, (name) => fieldOf(form, name, 4_096) || null);
}

async function complete(request: Request, params: PathParams, given: (name: string) => string | null) {
  const channel = channelOf(params);
  const viewer = await requireViewer(request);
  const outcome = await completeConnect(services().integrations, actorOf(viewer, request), {
    channel,
    params: {
      state: given("state"),
      code: given("code"),
      error: given("error"),
      errorCode: given("error_code"),
      pickedNumberId: given("phone_number_id"),
    },
    beforeRefusal: () => requireEndpointBudget(request, viewer, "callback"),
  });
  return afterConnect(channel, outcome);
}
