import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { channelOf, requestIdOf } from "../web/api.server.ts";
import { services } from "../web/services.server.ts";
import { answerHandshake, receiveDelivery } from "../web/webhook.server.ts";

/** `GET`: Meta checks that the address is ours. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  channelOf(params);
  return answerHandshake(services().webhooks, request);
}

/** `POST`: a delivery. 200 only after it is committed. */
export async function action({ request, params }: ActionFunctionArgs) {
  const provider = channelOf(params);
  const { webhooks, log } = services();
  return receiveDelivery(webhooks, log, { request, provider, requestId: requestIdOf(request) });
}
