import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { NumberPage } from "../components/connect/number-page.tsx";
import { titled } from "../components/page-title.ts";
import { chooseNumber, lookForNumbers, pendingChoice } from "../integrations/connections.server.ts";
import { inGroups } from "../platform/phone-number.server.ts";
import { actorOf, afterConnect, channelOf } from "../web/api.server.ts";
import { fieldOf, readForm } from "../web/http.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session.server.ts";

export const handle = titled((texts) => texts.number.title);

export async function loader({ request, params }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request);
  const channel = channelOf(params);
  const choice = await pendingChoice(services().integrations, viewer, channel);
  if (!choice) throw redirect("/settings/integrations", 303);
  const numbers = choice.numbers.map((one) => ({ ...one, number: inGroups(one.e164) }));
  return { channel, numbers, unread: choice.unread };
}

export async function action({ request, params }: ActionFunctionArgs) {
  const viewer = await requireViewer(request);
  const channel = channelOf(params);
  const form = await readForm(request);
  const actor = actorOf(viewer, request);
  const { integrations } = services();
  if (fieldOf(form, "intent", 16) === "look") {
    return afterConnect(channel, await lookForNumbers(integrations, actor, channel));
  }
  const phoneNumberId = fieldOf(form, "phoneNumberId", 64);
  if (phoneNumberId === "") return data({ nothingChosen: true }, { status: 400 });
  return afterConnect(channel, await chooseNumber(integrations, actor, { channel, phoneNumberId }));
}

export default function ChooseNumber() {
  const loaded = useLoaderData<typeof loader>();
  return <NumberPage {...loaded} nothingChosen={useActionData<typeof action>() !== undefined} />;
}
