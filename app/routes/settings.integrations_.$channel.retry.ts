import { type ActionFunctionArgs, redirect } from "@remix-run/node";
import { retryableSteps, retryStep } from "../integrations/connect/unfinished-steps.server.ts";
import { actorOf, channelOf, connectionIdFrom } from "../web/connect/channel-request.server.ts";
import { requireEndpointBudget, tooManyAtEndpoint } from "../web/connect/too-many.server.tsx";
import { oneOf, readQuery } from "../web/http/input.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session/session.server.ts";

/**
 * `POST`: one step at Meta again. Leads back to the card, which then says that it is under way; 429 while Meta would lock
 * the number.
 */
export async function action({ request, params }: ActionFunctionArgs) {
  const viewer = await requireViewer(request);
  const channel = channelOf(params);
  const step = oneOf(retryableSteps, readQuery(request).get("step"));
  const connectionId = await connectionIdFrom(request);
  if (!step || !connectionId) throw new Response("Bad Request", { status: 400 });
  await requireEndpointBudget(request, viewer, `retry_${step}`);
  const { integrations } = services();
  const answer = await retryStep(integrations, actorOf(viewer, request), { channel, connectionId, step });
  if (answer.kind === "held") return tooManyAtEndpoint(request, secondsTo(answer.until, integrations.now()));
  return redirect("/settings/integrations", 303);
}

function secondsTo(until: Date, now: Date): number {
  return Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1_000));
}

/** Nothing to see: the card is where it is asked for. */
export async function loader() {
  return redirect("/settings/integrations", 303);
}
