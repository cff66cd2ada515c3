/** Meta's callbacks about its users over HTTP: from a form with a `signed_request` to what we owe that person. */

import {
  type DeletionStatus,
  deleteDataOf,
  deletionStatus,
  endGrantsOf,
  type MetaUserRequest,
} from "../../integrations/connection/obligations.server.ts";
import { readSignedRequest } from "../../integrations/meta/signed-request.server.ts";
import { requestIdOf, requireMethod } from "../connect/channel-request.server.ts";
import { readBoundedForm } from "../http/input.server.ts";
import { metaCallbacks } from "../http/metrics.server.ts";
import type { Services } from "../services.server.ts";

/** A signed request is one field of some hundred characters. */
const bodyCapBytes = 16 * 1024;

/** `POST /webhooks/meta/deauthorize`: 200, whether or not the person ever granted us anything. */
export function receiveDeauthorization(services: Services, request: Request): Promise<Response> {
  return receive(services, request, "deauthorize", async (asked, requestId) => {
    await endGrantsOf(services, asked, requestId);
    return { ok: true };
  });
}

/** `POST /webhooks/meta/data-deletion`: 200 with the address of the status page, the same for the same request. */
export function receiveDeletion(services: Services, request: Request): Promise<Response> {
  return receive(services, request, "data_deletion", async (asked, requestId) => {
    const { db, log, webhooks, origin } = services;
    const [appSecret] = webhooks.appSecrets;
    if (!appSecret) throw new Error("There is no app secret.");
    const { confirmationCode } = await deleteDataOf({ db, log, appSecret }, asked, requestId);
    return { url: `${origin}/data-deletion/${confirmationCode}`, confirmation_code: confirmationCode };
  });
}

/** What the public status page tells, and whom to write to. Null for an unknown code. */
export async function readDeletion(
  { db, origin, operatorEmail }: Services,
  code: string | undefined,
): Promise<{ status: DeletionStatus | null; operator: { email: string | undefined; site: string } }> {
  const operator = { email: operatorEmail, site: new URL(origin).host };
  return { status: await deletionStatus({ db }, code), operator };
}

/**
 * Size and form first, then the signature; nothing is done before it holds. 400 for what is no signed request, 401 for
 * one that is not Meta's, 405, 413, 415, all without a hint; 503 with Retry-After when it could not be done.
 */
async function receive(
  { webhooks, log }: Services,
  request: Request,
  callback: "deauthorize" | "data_deletion",
  act: (asked: MetaUserRequest, requestId: string) => Promise<object>,
): Promise<Response> {
  requireMethod(request, "POST");
  const end = (outcome: string, status: number, answer: object, headers: Record<string, string> = {}) => {
    metaCallbacks.inc({ callback, outcome });
    return Response.json(answer, { status, headers: { "Cache-Control": "no-store", ...headers } });
  };
  if ((request.headers.get("content-encoding") ?? "identity") !== "identity")
    return end("encoded", 415, { error: "unsupported_media_type" });
  const form = await readBoundedForm(request, bodyCapBytes);
  if (form === "too_large") return end("too_large", 413, { error: "too_large" });
  const reading = readSignedRequest(webhooks.appSecrets, form.only("signed_request", bodyCapBytes) ?? "");
  if (reading.kind === "malformed") return end("malformed", 400, { error: "bad_request" });
  if (reading.kind === "not_signed") return end("not_signed", 401, { error: "unauthorized" });
  const requestId = requestIdOf(request);
  try {
    return end("done", 200, await act(reading.request, requestId));
  } catch (error) {
    log.error("a callback of Meta could not be carried out", { reason: callback, error });
    return end("failed", 503, { error: "try_again" }, { "Retry-After": "5" });
  }
}
