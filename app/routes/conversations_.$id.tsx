import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { contactWords } from "../components/conversations/message-words.ts";
import { ThreadPage } from "../components/conversations/thread-page.tsx";
import { titled } from "../components/frame/page-handle.tsx";
import { readThread } from "../inbox/conversations/thread.server.ts";
import { readReachability } from "../integrations/connection/connections.server.ts";
import { paramOf, readQuery } from "../web/http/input.server.ts";
import { isPrefetch } from "../web/http/request.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session/session.server.ts";

type Loaded = Awaited<ReturnType<typeof loader>>;

export const handle = titled<Loaded>((texts, { thread }) => contactWords(texts, thread.contact));

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { tenantId } = await requireViewer(request);
  const cursor = readQuery(request).get("before");
  const { db, integrations, messageReaders } = services();
  const wish = { conversationId: paramOf(params, "id"), cursor, opened: !isPrefetch(request) };
  const [thread, { maySend }] = await Promise.all([
    readThread({ db, messageReaders }, tenantId, wish),
    readReachability(integrations, tenantId),
  ]);
  if (!thread) throw new Response(null, { status: 404 });
  if ("movedTo" in thread) throw redirect(`/conversations/${thread.movedTo}${new URL(request.url).search}`);
  return {
    thread,
    isLatest: cursor === null,
    replies: repliesOf(maySend, thread.connectionId),
  };
}

/** Of the very number: another that works does not answer for it. */
function repliesOf(maySend: string[], connectionId: string): "on" | "off" | "offHere" {
  if (maySend.includes(connectionId)) return "on";
  return maySend.length > 0 ? "offHere" : "off";
}

export default function Conversation() {
  return <ThreadPage {...useLoaderData<typeof loader>()} />;
}
