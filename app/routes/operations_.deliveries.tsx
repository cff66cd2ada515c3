import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { titled } from "../components/frame/page-handle.tsx";
import { DeliveriesPage } from "../components/operations/deliveries.tsx";
import { listDeliveries } from "../operations/deliveries.server.ts";
import { readDeliveryNarrowing } from "../operations/filters.ts";
import { readRowId } from "../platform/text.ts";
import { pageTexts } from "../texts/pages.ts";
import { readQuery } from "../web/http/input.server.ts";
import { operationsDeps, requireStaff } from "../web/operations/operations.server.ts";

export const handle = titled((texts) => pageTexts(texts).operations.deliveries.title);

export async function loader({ request }: LoaderFunctionArgs) {
  await requireStaff(request);
  const query = readQuery(request);
  const filter = readDeliveryNarrowing(query);
  const before = readRowId(query.get("before"));
  const page = await listDeliveries(operationsDeps(), filter, before);
  return { page, filter, isFirst: before === undefined };
}

export default function Deliveries() {
  return <DeliveriesPage {...useLoaderData<typeof loader>()} />;
}
