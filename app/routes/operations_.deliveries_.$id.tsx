import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { titled } from "../components/frame/page-handle.tsx";
import { DeliveryPage } from "../components/operations/delivery.tsx";
import { readDelivery, showBody } from "../operations/deliveries.server.ts";
import { readRowId } from "../platform/text.ts";
import { pageTexts } from "../texts/pages.ts";
import { paramOf } from "../web/http/input.server.ts";
import { operationsDeps, operatorOf, requireStaff } from "../web/operations/operations.server.ts";

type Loaded = Awaited<ReturnType<typeof loader>>;

export const handle = titled<Loaded>((texts, { delivery }) =>
  pageTexts(texts).operations.delivery.title(delivery.id),
);

export async function loader({ request, params }: LoaderFunctionArgs) {
  await requireStaff(request);
  const id = readRowId(paramOf(params, "id"));
  const found = id && (await readDelivery(operationsDeps(), id));
  if (!found) throw new Response(null, { status: 404 });
  return found;
}

/** `POST`: the body, for this one answer. */
export async function action({ request, params }: ActionFunctionArgs) {
  const viewer = await requireStaff(request);
  const id = readRowId(paramOf(params, "id"));
  const body = id && (await showBody(operationsDeps(), operatorOf(viewer, request), id));
  if (!body) throw new Response(null, { status: 404 });
  return { body };
}

export default function Delivery() {
  return <DeliveryPage {...useLoaderData<typeof loader>()} body={useActionData<typeof action>()?.body} />;
}
