import { type ActionFunctionArgs, data, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ManualPage } from "../components/connect/manual-page.tsx";
import { titled } from "../components/frame/page-handle.tsx";
import { connectManually } from "../integrations/connect/manual.server.ts";
import { pageTexts } from "../texts/pages.ts";
import { actorOf, afterConnect, channelOf } from "../web/connect/channel-request.server.ts";
import { readManualForm } from "../web/connect/manual-connect.server.ts";
import { requireBudget } from "../web/connect/too-many.server.tsx";
import { services } from "../web/services.server.ts";
import { requireManualConnect } from "../web/session/auth.server.ts";

export const handle = titled((texts) => pageTexts(texts).manual.title);

export async function loader({ request, params }: LoaderFunctionArgs) {
  await requireManualConnect(request);
  return { channel: channelOf(params) };
}

export async function action({ request, params }: ActionFunctionArgs) {
  const viewer = await requireManualConnect(request);
  const channel = channelOf(params);
  const form = await readManualForm(request);
  if (form.kind === "incomplete") return data(form, { status: 400 });
  await requireBudget(viewer, "manual");
  const actor = actorOf(viewer, request);
  const { wabaId, phoneNumberId, accessToken } = form.input;
  const named = { channel, accountId: wabaId, phoneNumberId, accessToken };
  const outcome = await connectManually(services().integrations, actor, named);
  if (outcome.kind !== "failed") return afterConnect(channel, outcome);
  const problems = [{ field: null, kind: outcome.reason }];
  return data({ typed: { wabaId, phoneNumberId }, problems }, { status: 400 });
}

export default function ManualConnect() {
  const { channel } = useLoaderData<typeof loader>();
  return <ManualPage channel={channel} refused={useActionData<typeof action>()} />;
}
