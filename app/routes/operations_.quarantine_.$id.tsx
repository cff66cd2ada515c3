import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { titled } from "../components/frame/page-handle.tsx";
import { QuarantineItemPage } from "../components/operations/item.tsx";
import { readItem } from "../operations/quarantine.server.ts";
import { readRowId } from "../platform/text.ts";
import { pageTexts } from "../texts/pages.ts";
import { paramOf } from "../web/http/input.server.ts";
import { operationsDeps, requireStaff } from "../web/operations/operations.server.ts";

type Loaded = Awaited<ReturnType<typeof loader>>;

export const handle = titled<Loaded>((texts, { item }) => pageTexts(texts).operations.item.title(item.id));

export async function loader({ request, params }: LoaderFunctionArgs) {
  await requireStaff(request);
  const id = readRowId(paramOf(params, "id"));
  const found = id && (await readItem(operationsDeps(), id));
  if (!found) throw new Response(null, { status: 404 });
  return found;
}

export default function QuarantineItem() {
  return <QuarantineItemPage {...useLoaderData<typeof loader>()} />;
}
