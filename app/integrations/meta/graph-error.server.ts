/** What a failed Graph call means for us. Decided by the JSON code: HTTP statuses vary for the same error. */
import { ChannelError, type ChannelErrorKind } from "../channel-error.server.ts";

export interface GraphErrorFacts {
  endpoint: string;
  httpStatus?: number | undefined;
  code?: number | undefined;
  subcode?: number | undefined;
  traceId?: string | undefined;
  /** Ours, never Meta's text: that may quote tokens, numbers and names. */
  note?: string | undefined;
}

/** Its message names the endpoint and the codes only, so it may be logged and stored. */
export class GraphError extends ChannelError {
  override name = "GraphError";
  readonly facts: GraphErrorFacts;

  constructor(kind: ChannelErrorKind, facts: GraphErrorFacts) {
    const { endpoint, code, subcode, note } = facts;
    const codes = [code, subcode].filter((part) => part !== undefined).join("/");
    super(kind, {
      endpoint,
      message: `Graph ${endpoint}: ${kind}${codes ? ` (${codes})` : ""}${note ? `, ${note}` : ""}`,
      // With a code it is Meta's answer, which will be the same.
      mayPass: kind === "retry_later" || (kind === "bug" && code === undefined),
    });
    this.facts = facts;
  }
}

const retryLater = new Set([
  1, 2, 4, 17, 32, 341, 613, 80007, 80008, 130429, 131000, 131016, 131048, 131056, 131057, 133004, 133015,
  133016,
]);
const reconnect = new Set([0, 102, 190, 452]);
const tellTenant = new Set([368, 130497, 131031, 131042, 133005, 133006, 133008, 133009, 133010]);
const ourConfiguration = new Set([101, 191]);
/** Redirect URI differs from the dialog's: ours to fix, not the person's. */
export const redirectMismatch = 36008;

export function graphErrorKind(error: {
  code?: number | undefined;
  error_subcode?: number | undefined;
  is_transient?: boolean | undefined;
}): ChannelErrorKind {
  const { code, error_subcode: subcode } = error;
  if (error.is_transient) return "retry_later";
  if (code === undefined) return "bug";
  if (reconnect.has(code)) return "reconnect";
  if (code === 3 || code === 10 || (code >= 200 && code <= 299) || code === 131005) return "permission";
  if (code === 33 || (code === 100 && subcode === 33)) return "permission";
  if (ourConfiguration.has(code) || subcode === redirectMismatch) return "bug";
  if (retryLater.has(code)) return "retry_later";
  if (tellTenant.has(code)) return "tell_tenant";
  return "rejected";
}
