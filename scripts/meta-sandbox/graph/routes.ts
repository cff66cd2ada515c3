import type { Endpoint } from "../control/scenarios.ts";
import type { Platform } from "../world/platform.ts";
import { badParameter, GraphError } from "./error.ts";
import { sendMessage } from "./messages.ts";
import { shareAppData } from "./numbers/coexistence.ts";
import { deregisterNumber, registerNumber, setPin } from "./numbers/registration.ts";
import { addPhoneNumber, requestCode, verifyCode } from "./numbers/verification.ts";
import { readBusinessWabas, readIds, readMe, readNode, readPermissions, readPhoneNumbers } from "./reads.ts";
import { type GraphRequest, objectParameter, parameter } from "./request.ts";
import {
  appSubscriptions,
  listSubscribedApps,
  overrideNumberCallback,
  subscribeApp,
  unsubscribeApp,
} from "./subscriptions.ts";
import { requireScope, requireToken } from "./tokens/auth.ts";
import { debugToken } from "./tokens/debug-token.ts";
import { systemUserToken } from "./tokens/system-users.ts";
import { exchangeClientCredentials, exchangeCode } from "./tokens/token-exchange.ts";

type Body = Record<string, unknown>;

export interface GraphRoute {
  endpoint: Endpoint;
  run: () => Body | Promise<Body>;
}

/** Finds what a call is about. A path Meta does not know gets the endpoint `unknown` and an error of code 2500. */
export function routeOf(platform: Platform, request: GraphRequest): GraphRoute {
  const path = request.segments.join("/");
  return (
    fixedRoute(platform, request, path) ??
    edgeRoute(platform, request, request.segments) ??
    objectRoute(platform, request, request.segments) ?? {
      endpoint: "unknown",
      run: () => {
        throw new GraphError({ code: 2500, message: `Unknown path components: /${path}` });
      },
    }
  );
}

function fixedRoute(platform: Platform, request: GraphRequest, path: string): GraphRoute | null {
  const isRead = request.method === "GET";
  if (path === "oauth/access_token" && (isRead || request.method === "POST")) {
    return parameter(request, "grant_type") === "client_credentials"
      ? { endpoint: "app_token", run: () => exchangeClientCredentials(platform, request) }
      : { endpoint: "exchange", run: () => exchangeCode(platform, request) };
  }
  if (path === "me/permissions" && request.method === "DELETE") {
    return { endpoint: "revoke_permissions", run: () => revokeOwnPermissions(platform, request) };
  }
  if (!isRead) return null;
  if (path === "") return { endpoint: "ids", run: () => readIds(platform, request) };
  if (path === "debug_token") return { endpoint: "debug_token", run: () => debugToken(platform, request) };
  if (path === "me") return { endpoint: "me", run: () => readMe(platform, request) };
  if (path === "me/permissions") {
    return { endpoint: "me_permissions", run: () => readPermissions(platform, request) };
  }
  return null;
}

type EdgeHandler = (platform: Platform, request: GraphRequest, id: string) => Body | Promise<Body>;

const EDGES: Record<string, [Endpoint, EdgeHandler]> = {
  "GET phone_numbers": ["phone_numbers", readPhoneNumbers],
  "GET owned_whatsapp_business_accounts": [
    "owned_wabas",
    (platform, request, id) => readBusinessWabas(platform, request, id, "owned"),
  ],
  "GET client_whatsapp_business_accounts": [
    "client_wabas",
    (platform, request, id) => readBusinessWabas(platform, request, id, "client"),
  ],
  "GET subscribed_apps": ["list_subscribed_apps", listSubscribedApps],
  "POST subscribed_apps": ["subscribe", subscribeApp],
  "DELETE subscribed_apps": ["unsubscribe", unsubscribeApp],
  "POST register": ["register", registerNumber],
  "POST deregister": ["deregister", deregisterNumber],
  "POST phone_numbers": ["add_phone_number", addPhoneNumber],
  "POST request_code": ["request_code", requestCode],
  "POST verify_code": ["verify_code", verifyCode],
  "POST smb_app_data": ["smb_app_data", shareAppData],
  "POST system_user_access_tokens": ["system_user_token", systemUserToken],
  "POST messages": ["send_message", sendMessage],
  "GET subscriptions": ["app_subscriptions", appSubscriptions],
  "POST subscriptions": ["app_subscriptions", appSubscriptions],
  "DELETE subscriptions": ["app_subscriptions", appSubscriptions],
};

function edgeRoute(platform: Platform, request: GraphRequest, segments: string[]): GraphRoute | null {
  const [id, edge, ...rest] = segments;
  const found = EDGES[`${request.method} ${edge}`];
  if (!id || !found || rest.length > 0) return null;
  const [endpoint, handler] = found;
  return { endpoint, run: () => handler(platform, request, id) };
}

function objectRoute(platform: Platform, request: GraphRequest, segments: string[]): GraphRoute | null {
  const [id, ...rest] = segments;
  if (!id || rest.length > 0) return null;
  if (request.method === "GET") {
    return { endpoint: endpointOfObject(platform, id), run: () => readNode(platform, request, id) };
  }
  if (request.method !== "POST") return null;
  return { endpoint: "update_phone", run: () => updateNumber(platform, request, id) };
}

function endpointOfObject(platform: Platform, id: string): Endpoint {
  const { wabas, numbers, businesses } = platform.state.world;
  if (wabas[id]) return "waba";
  if (numbers[id]) return "phone";
  return businesses[id] ? "business" : "unknown";
}

function updateNumber(platform: Platform, request: GraphRequest, id: string): Body | Promise<Body> {
  if (objectParameter(request, "webhook_configuration")) return overrideNumberCallback(platform, request, id);
  if (parameter(request, "pin") !== null) return setPin(platform, request, id);
  requireScope(requireToken(platform, request), "whatsapp_business_management");
  throw badParameter("Nothing to update");
}

/** Meta documents this for user tokens only. */
function revokeOwnPermissions(platform: Platform, request: GraphRequest): Body {
  const token = requireToken(platform, request);
  if (platform.switches.tokenType !== "USER") {
    throw badParameter("This token cannot revoke its own permissions");
  }
  token.revokedWith = 458;
  platform.changed();
  return { success: true };
}
