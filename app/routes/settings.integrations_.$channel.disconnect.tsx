import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { cardView } from "../components/connect/card-view.ts";
import { DisconnectPage } from "../components/connect/disconnect-page.tsx";
import { titled } from "../components/frame/page-handle.tsx";
import type { ChannelId } from "../integrations/catalog.ts";
import {
  disconnectEffects,
  listConnections,
  mostCounted,
} from "../integrations/connection/connections.server.ts";
import { readUuid } from "../platform/text.ts";
import { channelOf } from "../web/connect/channel-request.server.ts";
import { readQuery } from "../web/http/input.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session/session.server.ts";

export const handle = titled<{ channel: ChannelId }>(
  (texts, { channel }) => texts.channels[channel].disconnectTitle,
);

export async function loader({ request, params }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request);
  const channel = channelOf(params);
  const { integrations } = services();
  const { numbers } = cardView(await listConnections(integrations, viewer, channel));
  const query = readQuery(request);
  const wanted = readUuid(query.get("connection"));
  const number = query.has("connection") ? numbers.find(({ id }) => id === wanted) : numbers[0];
  if (!number) throw redirect("/settings/integrations", 303);
  const effects = await disconnectEffects(integrations, viewer.tenantId, number.id);
  return { channel, number, effects, mostCounted };
}

export default function Disconnect() {
  return <DisconnectPage {...useLoaderData<typeof loader>()} />;
}
