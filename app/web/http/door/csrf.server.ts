/**
 * The gate against cross-site requests. Browsers say where a request comes from (Sec-Fetch-Site, and Origin on every
 * POST); a page of another site cannot forge either. What sends neither is no browser and carries nobody's cookie by
 * accident.
 */
export interface GateRequest {
  method: string;
  headers: { get(name: string): string | null | undefined };
  /** This app's own origin, e.g. `https://app.curbe.example`. */
  origin: string;
}

/** "cross_site" for a state-changing request that another site, or a page of no known origin, caused. */
export function refuseCrossSite({ method, headers, origin }: GateRequest): "ok" | "cross_site" {
  if (method === "GET" || method === "HEAD") return "ok";
  const from = headers.get("origin");
  // `null` is a sandboxed frame, a file or a redirect across origins.
  if (from && from !== origin) return "cross_site";
  const site = headers.get("sec-fetch-site");
  // `none`: the person did it themselves, without a page. `same-site` is a sibling host: not ours to trust.
  return !site || site === "same-origin" || site === "none" ? "ok" : "cross_site";
}
