import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { titled } from "../components/page-title.ts";
import { ThreadPage, threadTitle } from "../components/thread-page.tsx";
import { readThread } from "../inbox/conversations.server.ts";
import { mayAnswer } from "../integrations/any-channel.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session.server.ts";

type Loaded = Awaited<ReturnType<typeof loader>>;

export const handle = titled<Loaded>((texts, { thread }) => threadTitle(texts, thread.contact));

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { tenantId } = await requireViewer(request);
  const cursor = new URL(request.url).searchParams.get("before");
  const { db, integrations } = services();
  const [thread, maySend] = await Promise.all([
    readThread({ db }, tenantId, params.id ?? "", cursor),
    mayAnswer(integrations, tenantId),
  ]);
  if (!thread) throw new Response(null, { status: 404 });
  return {
    thread,
    isLatest: cursor === null,
    maySend,
  };
}

export default function Conversation() {
  return <ThreadPage {...useLoaderData<typeof loader>()} />;
}
