import { newTraceId } from "../world/identifiers.ts";

export interface GraphErrorInit {
  status?: number;
  type?: string;
  code: number;
  subcode?: number;
  message: string;
  isTransient?: boolean;
  details?: string;
  /** Error word for the WWW-Authenticate header of OAuth failures. */
  authenticate?: "invalid_code" | "invalid_token" | "invalid_request";
}

/** An answer in Meta's error envelope. */
export class GraphError extends Error {
  readonly init: GraphErrorInit;

  constructor(init: GraphErrorInit) {
    super(init.message);
    this.name = "GraphError";
    this.init = init;
  }

  get status(): number {
    return this.init.status ?? 400;
  }

  body(): { error: Record<string, unknown> } {
    const { type, code, subcode, message, isTransient, details } = this.init;
    return {
      error: {
        message,
        type: type ?? "OAuthException",
        code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(details === undefined ? {} : { error_data: { messaging_product: "whatsapp", details } }),
        ...(isTransient === undefined ? {} : { is_transient: isTransient }),
        fbtrace_id: newTraceId(),
      },
    };
  }

  headers(): Record<string, string> {
    const word = this.init.authenticate;
    if (!word) return {};
    return { "WWW-Authenticate": `OAuth "Facebook Platform" "${word}" "${asHeaderText(this.init.message)}"` };
  }
}

/** Meta answers the same for an object that does not exist and one that was not granted. */
export function objectNotReachable(id: string, method: string): GraphError {
  return new GraphError({
    type: "GraphMethodException",
    code: 100,
    subcode: 33,
    message: `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
  });
}

export function badParameter(message: string): GraphError {
  return new GraphError({ code: 100, message: `(#100) ${message}` });
}

export function permissionMissing(permission: string): GraphError {
  return new GraphError({
    status: 403,
    code: 200,
    message: `(#200) Requires ${permission} permission to manage the object.`,
  });
}

function asHeaderText(message: string): string {
  return message.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, "?");
}
