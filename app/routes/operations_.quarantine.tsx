import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { titled } from "../components/frame/page-handle.tsx";
import { QuarantinePage } from "../components/operations/quarantine.tsx";
import { readQuarantineNarrowing } from "../operations/filters.ts";
import { listQuarantine } from "../operations/quarantine.server.ts";
import { readRowId } from "../platform/text.ts";
import { pageTexts } from "../texts/pages.ts";
import { readQuery } from "../web/http/input.server.ts";
import { operationsDeps, requireStaff } from "../web/operations/operations.server.ts";

export const handle = titled((texts) => pageTexts(texts).operations.quarantine.title);

export async function loader({ request }: LoaderFunctionArgs) {
  await requireStaff(request);
  const query = readQuery(request);
  const filter = readQuarantineNarrowing(query);
  const before = readRowId(query.get("before"));
  const page = await listQuarantine(operationsDeps(), filter, before);
  return { page, filter, isFirst: before === undefined };
}

export default function Quarantine() {
  return <QuarantinePage {...useLoaderData<typeof loader>()} />;
}
