import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { channelOf } from "../web/connect/channel-request.server.ts";
import { services } from "../web/services.server.ts";
import { answerHandshake, wrongMethod } from "../web/webhook/webhook.server.ts";

/** `GET`: Meta checks that the address is ours. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  channelOf(params);
  return answerHandshake(services().webhooks, request);
}

/** A delivery has gone by `delivery-lane`, before any route: what comes here is none. */
export async function action({ params }: ActionFunctionArgs) {
  channelOf(params);
  return wrongMethod();
}
