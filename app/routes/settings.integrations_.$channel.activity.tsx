import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { ActivityPage } from "../components/connect/activity-page.tsx";
import { titled } from "../components/frame/page-handle.tsx";
import { listActivity } from "../integrations/connection/activity.server.ts";
import { pageTexts } from "../texts/pages.ts";
import { readActivityFilter, writeActivityFilter } from "../web/activity/activity.server.ts";
import { channelOf } from "../web/connect/channel-request.server.ts";
import { readQuery } from "../web/http/input.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session/session.server.ts";

export const handle = titled((texts) => pageTexts(texts).activity.title);

export async function loader({ request, params }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request);
  const channel = channelOf(params);
  const query = readQuery(request);
  const before = query.get("before");
  const filter = readActivityFilter(query);
  const page = await listActivity(services().integrations, viewer, channel, { filter, before });
  return { ...page, channel, filter, query: writeActivityFilter(filter), isFirst: before === null };
}

export default function Activity() {
  return <ActivityPage {...useLoaderData<typeof loader>()} />;
}
