import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { QuarantineItemPage } from "../components/operations/item.tsx";
import { titled } from "../components/page-title.ts";
import { readId } from "../operations/filters.ts";
import { readItem } from "../operations/quarantine.server.ts";
import { operationsTexts } from "../texts/operations.ts";
import { operationsDeps, requireStaff } from "../web/operations.server.ts";

type Loaded = Awaited<ReturnType<typeof loader>>;

export const handle = titled<Loaded>((texts, { item }) => operationsTexts(texts).item.title(item.id));

export async function loader({ request, params }: LoaderFunctionArgs) {
  await requireStaff(request);
  const id = readId(params.id);
  const found = id && (await readItem(operationsDeps(), id));
  if (!found) throw new Response(null, { status: 404 });
  return found;
}

export default function QuarantineItem() {
  return <QuarantineItemPage {...useLoaderData<typeof loader>()} />;
}
