/** The address that choosing a number had: bookmarks lead on, and a form of a page that was open to the list again. */
import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { settingsPath } from "../integrations/catalog.ts";
import { channelOf } from "../web/connect/channel-request.server.ts";
import { requireViewer } from "../web/session/session.server.ts";

export async function loader({ request, params }: LoaderFunctionArgs) {
  await requireViewer(request);
  return redirect(`${settingsPath(channelOf(params))}/choose-number`, 303);
}

export const action = loader;
