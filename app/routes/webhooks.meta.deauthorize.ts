import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { requireMethod } from "../web/connect/channel-request.server.ts";
import { services } from "../web/services.server.ts";
import { receiveDeauthorization } from "../web/webhook/obligations.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  requireMethod(request, "POST");
  return null;
}

/** Meta: somebody took our access back. */
export async function action({ request }: ActionFunctionArgs) {
  return receiveDeauthorization(services(), request);
}
