import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { titled } from "../components/frame/page-handle.tsx";
import { NumberPage, type NumberPageProps } from "../components/numbers/number-page.tsx";
import { numberPath } from "../components/numbers/parts.tsx";
import { webhookPath } from "../integrations/catalog.ts";
import { skipTest } from "../integrations/connect/unfinished-steps.server.ts";
import { latestActivity } from "../integrations/connection/activity.server.ts";
import { countedUpTo, numberHealth, requestCheck } from "../integrations/health/number-health.server.ts";
import { actorOf, channelOf } from "../web/connect/channel-request.server.ts";
import { requireBudget } from "../web/connect/too-many.server.tsx";
import { fieldOf, paramOf, readForm, readQuery } from "../web/http/input.server.ts";
import { numberFor, testOf } from "../web/numbers/number-pages.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session/session.server.ts";

export const handle = {
  ...titled<NumberPageProps>((texts, { number }) => number.number ?? texts.numbers.title),
  refreshWithoutScript: ({ number, health }: NumberPageProps) =>
    number.state === "starting" ||
    number.state === "awaitingTest" ||
    number.history?.state === "arriving" ||
    health.lastCheck?.progress === "underWay",
};

export async function loader({ request, params }: LoaderFunctionArgs): Promise<NumberPageProps> {
  const viewer = await requireViewer(request);
  const channel = channelOf(params);
  const number = await numberFor(viewer, channel, paramOf(params, "id"));
  const { origin, integrations } = services();
  const [health, events] = await Promise.all([
    numberHealth(integrations, viewer.tenantId, number.id),
    latestActivity(integrations, viewer.tenantId, channel, number.id),
  ]);
  const refused = readQuery(request).get("check") === "refused";
  return {
    channel,
    number,
    health,
    events,
    countedUpTo,
    test: number.state === "disconnected" ? null : testOf(channel, number),
    deliverTo: `${origin}${webhookPath(channel)}`,
    tooSoon: refused && health.lastCheck?.isFresh === true,
  };
}

/** `check`: checks the number now. `skip`: goes on without its test. Both lead back to the page. */
export async function action({ request, params }: ActionFunctionArgs) {
  const viewer = await requireViewer(request);
  const channel = channelOf(params);
  const { id } = await numberFor(viewer, channel, paramOf(params, "id"));
  const { integrations } = services();
  const actor = actorOf(viewer, request);
  const subject = { channel, connectionId: id };
  const intent = fieldOf(await readForm(request), "intent", 16);
  if (intent === "skip") {
    await skipTest(integrations, actor, subject);
    return redirect(numberPath(channel, id), 303);
  }
  if (intent !== "check") throw new Response(null, { status: 400 });
  await requireBudget(viewer, "check");
  const answer = await requestCheck(integrations, actor, subject);
  return redirect(`${numberPath(channel, id)}${answer === "refused" ? "?check=refused" : ""}#health`, 303);
}

export default function NumberDetail() {
  return <NumberPage {...useLoaderData<typeof loader>()} />;
}
