import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { titled } from "../components/frame/page-handle.tsx";
import { ReplayPage } from "../components/operations/replay.tsx";
import { readQuarantineNarrowing } from "../operations/filters.ts";
import { countItems } from "../operations/quarantine.server.ts";
import { readRowId } from "../platform/text.ts";
import { pageTexts } from "../texts/pages.ts";
import { readQuery } from "../web/http/input.server.ts";
import {
  operationsDeps,
  operatorOf,
  replayAsAsked,
  requireStaff,
} from "../web/operations/operations.server.ts";

export const handle = titled((texts) => pageTexts(texts).operations.confirm.title);

/** What a replay of a whole filter would be about; nothing happens yet. */
export async function loader({ request }: LoaderFunctionArgs) {
  await requireStaff(request);
  const query = readQuery(request);
  const filter = readQuarantineNarrowing(query);
  const after = readRowId(query.get("after"));
  return { filter, after: after ?? null, count: await countItems(operationsDeps(), filter, after) };
}

/** `POST`: replays, and leads back to where it was asked for. */
export async function action({ request }: ActionFunctionArgs) {
  const viewer = await requireStaff(request);
  return replayAsAsked(operationsDeps(), operatorOf(viewer, request), request);
}

export default function Replay() {
  return <ReplayPage {...useLoaderData<typeof loader>()} />;
}
