import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { titled } from "../components/frame/page-handle.tsx";
import { OperationsPage } from "../components/operations/page.tsx";
import { readOverview, readTrail } from "../operations/overview.server.ts";
import { readRowId } from "../platform/text.ts";
import { pageTexts } from "../texts/pages.ts";
import { readQuery } from "../web/http/input.server.ts";
import { operationsDeps, requireStaff } from "../web/operations/operations.server.ts";

export const handle = titled((texts) => pageTexts(texts).operations.title);

export async function loader({ request }: LoaderFunctionArgs) {
  await requireStaff(request);
  const before = readRowId(readQuery(request).get("before"));
  const deps = operationsDeps();
  const trail = await readTrail(deps, before);
  return { overview: await readOverview(deps, new Date()), trail, isFirst: before === undefined };
}

export default function Operations() {
  return <OperationsPage {...useLoaderData<typeof loader>()} />;
}
