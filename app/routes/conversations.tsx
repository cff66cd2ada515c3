import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { ConversationsPage } from "../components/conversations-page.tsx";
import { texts } from "../components/texts.ts";
import { listConversations } from "../inbox/conversations.server.ts";
import { listConnections } from "../integrations/connections.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session.server.ts";

export function meta() {
  return [{ title: `${texts.conversations.title} · ${texts.product}` }];
}

export async function loader({ request }: LoaderFunctionArgs) {
  const { tenantId } = await requireViewer(request);
  const cursor = new URL(request.url).searchParams.get("after");
  const { db, integrations } = services();
  const [page, connections] = await Promise.all([
    listConversations({ db }, tenantId, cursor),
    listConnections(integrations, tenantId, "whatsapp"),
  ]);
  return {
    page,
    isFirst: cursor === null,
    maySend: connections.some((connection) => connection.maySend),
  };
}

export default function Conversations() {
  return <ConversationsPage {...useLoaderData<typeof loader>()} />;
}
