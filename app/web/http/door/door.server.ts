/** The door of the web: what may come in at all, before the deliveries' lane, Express and Remix, whatever the method. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { refuse } from "../../../platform/bare-server.server.ts";
import { requestIdFrom } from "../../../platform/request-id.server.ts";
import type { Services } from "../../services.server.ts";
import { readTarget } from "./target.server.ts";

/** True when the request may come in; then `request.url` is the one spelling of its target. Else it has its answer. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A browser sends some twenty, and each proxy adds a few. */
const mostHeaders = 100;

export function createDoor({ log }: Pick<Services, "log">): Door {
  return (request, response) => {
    const status = request.rawHeaders.length > 2 * mostHeaders ? 431 : readInto(request);
    if (status === undefined) return true;
    const given = request.headers["x-request-id"];
    const requestId = requestIdFrom(typeof given === "string" ? given : undefined);
    log.info("refused at the door", { request_id: requestId, method: request.method ?? "", status });
    refuse(request, response, status, { "X-Request-Id": requestId });
    return false;
  };
}

function readInto(request: IncomingMessage): number | undefined {
  const target = readTarget(request.url ?? "");
  if (target.kind === "refused") return target.status;
  request.url = target.url;
  return undefined;
}
