/** What the integration endpoints share: the channel in the address, who asks, and the way back to the page. */
import { redirect } from "@remix-run/node";
import { type ChannelId, channelAt, channels, settingsPath } from "../../integrations/catalog.ts";
import type { SignupWindow } from "../../integrations/channel.server.ts";
import type { ConnectOutcome } from "../../integrations/connect/create-connection.server.ts";
import type { Actor } from "../../integrations/deps.server.ts";
import { currentRequestId, requestIdFrom } from "../../platform/request-id.server.ts";
import { readUuid } from "../../platform/text.ts";
import { type PathParams, paramOf, readFields } from "../http/input.server.ts";
import { oauthAttempts } from "../http/metrics.server.ts";
import { services } from "../services.server.ts";
import type { Viewer } from "../session/session.server.ts";

/** Throws 404 for a channel that we do not have. */
export function channelOf(params: PathParams): ChannelId {
  const channel = channelAt(paramOf(params, "channel"));
  if (channel) return channel;
  throw Response.json({ error: "not_found" }, { status: 404 });
}

/** Throws 405 unless the method is the one that this endpoint takes. */
export function requireMethod(request: Request, method: "GET" | "POST"): void {
  if (request.method === method) return;
  throw Response.json({ error: "method_not_allowed" }, { status: 405, headers: { Allow: method } });
}

export function actorOf(viewer: Viewer, request: Request): Actor {
  const { tenantId, userId, sessionId } = viewer;
  return { tenantId, userId, sessionId, requestId: requestIdOf(request) };
}

/** The id under which this request is logged. */
export function requestIdOf(request: Request): string {
  return currentRequestId() ?? requestIdFrom(request.headers.get("x-request-id"));
}

/** Where the person goes after an attempt to connect; counts its result. */
export function afterConnect(channel: ChannelId, outcome: ConnectOutcome): Response {
  oauthAttempts.inc({ result: outcome.kind === "failed" ? outcome.reason : outcome.kind });
  return redirect(placeAfter(channel, outcome), { status: 303, headers: leavingHeaders });
}

/** Where the person reads how it went. */
export function placeAfter(channel: ChannelId, outcome: ConnectOutcome): string {
  if (outcome.kind === "choose") return `${settingsPath(channel)}/choose-number`;
  if (outcome.kind === "connected") return `/settings/integrations?${channels[channel].path}=connected`;
  return `/settings/integrations?${channels[channel].path}=error&reason=${outcome.reason}`;
}

/** The address that is being left holds a code: nobody keeps it and no next page learns it. */
const leavingHeaders = { "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" };

/** `connectionId` of a form or a JSON body; undefined when none is named. Throws 400 for what cannot be one. */
export async function connectionIdFrom(request: Request): Promise<string | undefined> {
  const fields = await readFields(request);
  // Whoever named something that is none must not be taken for somebody who named all.
  if (!fields.has("connectionId") || fields.get("connectionId") === "") return undefined;
  const id = readUuid(fields.only("connectionId"));
  if (id) return id;
  throw Response.json({ error: "bad_request", field: "connectionId" }, { status: 400 });
}

/** For a page's forms: nothing secret, and nothing at all where no window is set up. */
export function signupWindows(): Partial<Record<ChannelId, SignupWindow>> {
  const found = Object.values(services().integrations.connectors).flatMap(({ channel, signupWindow }) =>
    signupWindow ? [[channel, signupWindow] as const] : [],
  );
  return Object.fromEntries(found);
}
