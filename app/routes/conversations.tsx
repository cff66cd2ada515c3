import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { ConversationsPage } from "../components/conversations/conversations-page.tsx";
import { titled } from "../components/frame/page-handle.tsx";
import { listConversations } from "../inbox/conversations/conversations.server.ts";
import { readReachability } from "../integrations/connection/connections.server.ts";
import { readQuery } from "../web/http/input.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session/session.server.ts";

export const handle = titled((texts) => texts.conversations.title);

export async function loader({ request }: LoaderFunctionArgs) {
  const { tenantId } = await requireViewer(request);
  const query = readQuery(request);
  const cursor = query.get("after");
  const search = query.typed("q", 100).trim();
  const { db, integrations, messageReaders } = services();
  const [page, { maySend, receives }] = await Promise.all([
    listConversations({ db, messageReaders }, tenantId, { cursor, search }),
    readReachability(integrations, tenantId),
  ]);
  return {
    page,
    isFirst: cursor === null,
    search,
    maySend: maySend.length > 0,
    receives,
  };
}

export default function Conversations() {
  return <ConversationsPage {...useLoaderData<typeof loader>()} />;
}
