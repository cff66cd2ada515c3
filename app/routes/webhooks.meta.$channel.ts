import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { channelOf, requestIdOf } from "../web/connect/channel-request.server.ts";
import { readRawBody } from "../web/http/body/raw-body.server.ts";
import { services } from "../web/services.server.ts";
import { answerHandshake, receiveDelivery, wrongMethod } from "../web/webhook/webhook.server.ts";

/** `GET`: Meta checks that the address is ours. */
export async function loader({ request, params }: LoaderFunctionArgs) {
  channelOf(params);
  return answerHandshake(services().webhooks, request);
}

/** `POST`: a delivery. 200 only after it is committed. Our own server answers it by a shorter way, to the same end. */
export async function action({ request, params }: ActionFunctionArgs) {
  const provider = channelOf(params);
  if (request.method !== "POST") return wrongMethod();
  const { webhooks, log } = services();
  const { status, text, headers } = await receiveDelivery(webhooks, log, {
    provider,
    requestId: requestIdOf(request),
    header: (name) => request.headers.get(name),
    readBody: (cap) => readRawBody(request, cap),
  });
  return new Response(text, { status, headers });
}
