import type { LoaderFunctionArgs } from "@remix-run/node";
import { exportActivity } from "../integrations/connection/activity.server.ts";
import { activityCsv, mostRows, readActivityFilter } from "../web/activity/activity.server.ts";
import { channelOf } from "../web/connect/channel-request.server.ts";
import { preferencesOf } from "../web/frame/preferences.server.ts";
import { beginExport } from "../web/http/body/at-once.server.ts";
import { readQuery } from "../web/http/input.server.ts";
import { whenGone } from "../web/live/event-stream.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session/session.server.ts";

/** The changes that the page of the same address without `.csv` shows, in one file; a person gets one at a time. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request);
  const channel = channelOf(params);
  const { integrations } = services();
  const filter = readActivityFilter(readQuery(request));
  const end = await beginExport(request, viewer);
  whenGone(request, context, end);
  try {
    const found = await exportActivity(integrations, viewer, channel, { filter, most: mostRows });
    const { language } = preferencesOf(request);
    return activityCsv({ ...found, channel, language, now: integrations.now(), onEnd: end });
  } catch (error) {
    end();
    throw error;
  }
}
