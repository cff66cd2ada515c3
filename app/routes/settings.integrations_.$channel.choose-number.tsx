import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ChooseNumberPage } from "../components/connect/choose-number-page.tsx";
import { titled } from "../components/frame/page-handle.tsx";
import type { ChannelId } from "../integrations/catalog.ts";
import {
  chooseNumber,
  lastAttemptEnded,
  lookForNumbers,
  pendingChoice,
} from "../integrations/connect/number-choice.server.ts";
import { inGroups } from "../platform/phone-number.server.ts";
import { actorOf, afterConnect, channelOf, placeAfter } from "../web/connect/channel-request.server.ts";
import { requireBudget } from "../web/connect/too-many.server.tsx";
import { fieldOf, readForm } from "../web/http/input.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer, type Viewer } from "../web/session/session.server.ts";

export const handle = titled((texts) => texts.chooseNumber.title);

export async function loader({ request, params }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request);
  const channel = channelOf(params);
  const choice = await pendingChoice(services().integrations, viewer, channel);
  if (!choice) throw await leadAway(viewer, channel);
  const numbers = choice.numbers.map((one) => ({ ...one, number: inGroups(one.e164) }));
  return { channel, numbers, unread: choice.unread };
}

/** To the page that says how it is; whose hour ran out while they looked at the list reads that it has. */
async function leadAway(viewer: Viewer, channel: ChannelId): Promise<Response> {
  const hasEnded = await lastAttemptEnded(services().integrations, viewer, channel);
  const place = hasEnded
    ? placeAfter(channel, { kind: "failed", reason: "choice_expired" })
    : "/settings/integrations";
  return redirect(place, 303);
}

export async function action({ request, params }: ActionFunctionArgs) {
  const viewer = await requireViewer(request);
  const channel = channelOf(params);
  const form = await readForm(request);
  const actor = actorOf(viewer, request);
  const { integrations } = services();
  if (fieldOf(form, "intent", 16) === "look") {
    await requireBudget(viewer, "look");
    return afterConnect(channel, await lookForNumbers(integrations, actor, channel));
  }
  const phoneNumberId = fieldOf(form, "phoneNumberId", 64);
  if (phoneNumberId === "") return data({ nothingChosen: true }, { status: 400 });
  await requireBudget(viewer, "choose");
  return afterConnect(channel, await chooseNumber(integrations, actor, { channel, phoneNumberId }));
}

export default function ChooseNumber() {
  const loaded = useLoaderData<typeof loader>();
  return <ChooseNumberPage {...loaded} nothingChosen={useActionData<typeof action>() !== undefined} />;
}
