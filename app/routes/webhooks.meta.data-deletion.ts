import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { requireMethod } from "../web/connect/channel-request.server.ts";
import { services } from "../web/services.server.ts";
import { receiveDeletion } from "../web/webhook/obligations.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  requireMethod(request, "POST");
  return null;
}

/** Meta: somebody wants their data deleted. Returns where they can see what became of it. */
export async function action({ request }: ActionFunctionArgs) {
  return receiveDeletion(services(), request);
}
