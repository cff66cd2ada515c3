/** What a failed Graph call means for us. Decided by the JSON code: HTTP statuses vary for the same error. */

export type GraphErrorKind =
  /** The token is dead: the person must connect again. */
  | "reconnect"
  /** The grant lacks a permission, or the object is not (any more) within it. */
  | "permission"
  /** Meta is busy, throttling or unreachable: the same call may work later. */
  | "retry_later"
  /** Meta's decision about this business or number; only the tenant can act on it. */
  | "tell_tenant"
  /** The input of this one call was refused (a code that is used or expired, say). */
  | "rejected"
  /** We are misconfigured, or Meta answered in a shape we do not know. */
  | "bug";

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
export class GraphError extends Error {
  override name = "GraphError";
  readonly kind: GraphErrorKind;
  readonly facts: GraphErrorFacts;

  constructor(kind: GraphErrorKind, facts: GraphErrorFacts) {
    const codes = [facts.code, facts.subcode].filter((part) => part !== undefined).join("/");
    super(
      `Graph ${facts.endpoint}: ${kind}${codes ? ` (${codes})` : ""}${facts.note ? `, ${facts.note}` : ""}`,
    );
    this.kind = kind;
    this.facts = facts;
  }
}

/** Whether the same call may succeed later: Meta is away, or something else answered in its place. */
export function mayPass({ kind, facts }: GraphError): boolean {
  return kind === "retry_later" || (kind === "bug" && facts.code === undefined);
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
}): GraphErrorKind {
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
