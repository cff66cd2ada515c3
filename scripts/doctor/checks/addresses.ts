/** Addresses, and asking one for an answer. */

export interface Answer {
  status: number;
  headers: Headers;
  /** At most 64 kB of it. */
  text: string;
}

export interface NoAnswer {
  /** Why, in our own words. */
  unreachable: string;
}

const capBytes = 65_536;

const reasons: Record<string, string> = {
  ENOTFOUND: "its name does not resolve",
  EAI_AGAIN: "its name does not resolve right now",
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that network",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
  CERT_HAS_EXPIRED: "its TLS certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its TLS certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its TLS certificate is self-signed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its TLS certificate comes without its chain",
  ERR_TLS_CERT_ALTNAME_INVALID: "its TLS certificate is for another name",
};

/** A GET that follows no redirect and sends no credentials. Never throws. */
export async function ask(url: string | URL, timeoutMs: number): Promise<Answer | NoAnswer> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > capBytes) break;
    }
    const text = Buffer.concat(chunks).toString("utf8");
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    return { unreachable: reasonOf(error, timeoutMs) };
  }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === "TimeoutError")
    return `no answer within ${timeoutMs / 1000} s`;
  const code = codeOf((error as { cause?: unknown } | null)?.cause);
  return code === undefined ? "the request failed" : (reasons[code] ?? `the connection failed (${code})`);
}

/** Several addresses of one name fail together, as an AggregateError. */
function codeOf(cause: unknown): string | undefined {
  const { code, errors } = (cause ?? {}) as { code?: unknown; errors?: unknown[] };
  if (typeof code === "string" && /^[A-Z_\d]{3,60}$/.test(code)) return code;
  return errors?.map(codeOf).find((one) => one !== undefined);
}

export function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

/** What is sent there can be read on the way. */
export function isReadableOnTheWay(url: string): boolean {
  return new URL(url).protocol !== "https:" && !isLoopback(url);
}

/** Origin and path: user names, passwords, queries and fragments stay out. */
export function shownUrl(text: string): string {
  if (!URL.canParse(text)) return "something that is no URL";
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}

/** Host and database name of a connection string; anything that could be a piece of a mistyped password stays out. */
export function shownDatabase(connectionString: string): string {
  const { hostname, pathname, searchParams } = new URL(connectionString);
  const host = hostname || searchParams.get("host") || "the default host";
  const name = pathname.slice(1);
  const plain = /^[\w.:[\]/-]{1,253}$/;
  return `${plain.test(host) ? host : "a host"}, database ${/^[\w.-]{1,63}$/.test(name) ? name : "(name not shown)"}`;
}
