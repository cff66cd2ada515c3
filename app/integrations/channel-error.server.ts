/** What a channel's platform did to a call of ours, in words that hold for every channel. */

export type ChannelErrorKind =
  /** The token is dead: the person must connect again. */
  | "reconnect"
  /** The grant lacks a permission, or the object is not (any more) within it. */
  | "permission"
  /** The platform is busy, throttling or unreachable: the same call may work later. */
  | "retry_later"
  /** The platform's decision about this business or number; only the tenant can act on it. */
  | "tell_tenant"
  /** The input of this one call was refused (a code that is used or expired, say). */
  | "rejected"
  /** We are misconfigured, or the platform answered in a shape we do not know. */
  | "bug";

interface Failure {
  /** What was asked for, by the channel's own name of it. */
  endpoint: string;
  /** Names endpoint and codes only, never the platform's text, so that it may be logged and stored. */
  message?: string;
  mayPass?: boolean;
}

/** What every method of a connector throws, or a kind of it. */
export class ChannelError extends Error {
  override name = "ChannelError";
  readonly kind: ChannelErrorKind;
  readonly endpoint: string;
  /** Whether the same call may succeed later: the platform is away, or something else answered in its place. */
  readonly mayPass: boolean;

  constructor(
    kind: ChannelErrorKind,
    {
      endpoint,
      message = `${endpoint}: ${kind}`,
      mayPass = kind === "retry_later" || kind === "bug",
    }: Failure,
  ) {
    super(message);
    this.kind = kind;
    this.endpoint = endpoint;
    this.mayPass = mayPass;
  }
}
