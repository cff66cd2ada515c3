/** Our web as the world reaches it: there, ready, behind the proxies it counts on, and the addresses given to Meta. */
import { randomBytes } from "node:crypto";
import { check } from "../examine.ts";
import { type Finding, fail, faultsOr, ok, warn } from "../findings.ts";
import { ask, isLoopback, isReadableOnTheWay, shownUrl } from "./addresses.ts";

const callbackPath = "/api/integrations/meta/whatsapp/callback";
const handshake = "webhook handshake";
const startIt = "is the web running (npm start), and does APP_ORIGIN lead to it from here?";

/** `/readyz`, and https for an address that others reach. */
export const webCheck = check("web", ["APP_ORIGIN"], async ({ APP_ORIGIN }, { timeoutMs }) => {
  const faults: Finding[] = [];
  if (isReadableOnTheWay(APP_ORIGIN)) {
    const says = `${APP_ORIGIN} is plain http: sign-ins can be read on the way, and Meta takes https only`;
    faults.push(fail("web", says, "put TLS in front and set APP_ORIGIN to https://…"));
  }
  const answer = await ask(`${APP_ORIGIN}/readyz`, timeoutMs);
  if ("unreachable" in answer) faults.push(fail("web", `${APP_ORIGIN}: ${answer.unreachable}`, startIt));
  else if (answer.status === 503) {
    faults.push(fail("web", `it is not ready: ${reasonIn(answer.text)}`, "see database and migrations"));
  } else if (answer.status !== 200) {
    const says = `${APP_ORIGIN}/readyz answers HTTP ${answer.status} instead of 200`;
    faults.push(fail("web", says, "something else stands there, or a proxy keeps the path back: pass it on"));
  }
  return faultsOr(faults, ok("web", `${APP_ORIGIN} answers and is ready`));
});

/** Our web speaks plain http: with an https origin there is a proxy, and visitors must be told apart behind it. */
export const proxyCheck = check(
  "proxy hops",
  ["APP_ORIGIN", "TRUSTED_PROXY_HOPS"],
  async ({ APP_ORIGIN, TRUSTED_PROXY_HOPS: hops }) => {
    if (APP_ORIGIN.startsWith("https:") && hops === 0) {
      const says =
        "https ends at a proxy, and with TRUSTED_PROXY_HOPS 0 sign-in limits see all visitors as one";
      return [warn("proxy hops", says, "set it to the number of proxies of yours (1 for a single one)")];
    }
    if (APP_ORIGIN.startsWith("http:") && isLoopback(APP_ORIGIN) && hops > 0) {
      const says = `TRUSTED_PROXY_HOPS is ${hops}, but APP_ORIGIN is this machine: anybody could make up an address`;
      return [warn("proxy hops", says, "set it to 0 unless a proxy stands in front")];
    }
    return [ok("proxy hops", `${hops} trusted`)];
  },
);

/** The address Meta sends people back to: as Meta compares it, and answering. */
export const redirectCheck = check(
  "redirect URI",
  ["META_REDIRECT_URI", "APP_ORIGIN"],
  async ({ META_REDIRECT_URI, APP_ORIGIN }, { timeoutMs }) => {
    const faults = judgeRedirectUri(META_REDIRECT_URI, APP_ORIGIN);
    const answer = await ask(META_REDIRECT_URI, timeoutMs);
    if ("unreachable" in answer) {
      faults.push(fail("redirect URI", `${shownUrl(META_REDIRECT_URI)}: ${answer.unreachable}`, startIt));
    } else if (!leadsToLogin(answer.status, answer.headers.get("location"))) {
      const says = `it answers HTTP ${answer.status} to a stranger, where our web leads to its login page (303)`;
      faults.push(
        fail("redirect URI", says, "META_REDIRECT_URI must lead to this product's web, untouched by a proxy"),
      );
    }
    const says = "answers; that Meta lists it under Valid OAuth Redirect URIs can only be seen there";
    return faultsOr(faults, ok("redirect URI", says));
  },
);

/** Shape only: Meta compares byte for byte. */
function judgeRedirectUri(uri: string, origin: string): Finding[] {
  const faults: Finding[] = [];
  const wanted = `${origin}${callbackPath}`;
  const url = new URL(uri);
  const toDo = `set META_REDIRECT_URI to ${wanted}, and list the same at Meta under Valid OAuth Redirect URIs`;
  const wrong = (says: string) => faults.push(fail("redirect URI", says, toDo));
  if (isReadableOnTheWay(uri)) wrong("it is plain http: Meta takes https only");
  if (url.origin !== origin)
    wrong(`its origin ${url.origin} is not APP_ORIGIN (${origin}), where the session is`);
  if (url.pathname !== callbackPath) wrong(`its path is not ${callbackPath}`);
  else if (faults.length === 0 && uri !== wanted) wrong("it has something besides origin and path");
  return faults;
}

/** The handshake as Meta does it, once with the right token and once with a wrong one. */
export const handshakeCheck = check(
  handshake,
  ["APP_ORIGIN", "META_WEBHOOK_VERIFY_TOKEN"],
  async ({ APP_ORIGIN, META_WEBHOOK_VERIFY_TOKEN }, { timeoutMs }) => {
    if (isReadableOnTheWay(APP_ORIGIN)) {
      return [fail(handshake, "would send the verify token over plain http", "see web: https first")];
    }
    const challenge = randomBytes(8).readBigUInt64BE().toString();
    const shake = (token: string) => {
      const query = { "hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token };
      return ask(`${APP_ORIGIN}/webhooks/meta/whatsapp?${new URLSearchParams(query)}`, timeoutMs);
    };
    const [right, wrong] = await Promise.all([
      shake(META_WEBHOOK_VERIFY_TOKEN),
      shake(randomBytes(16).toString("hex")),
    ]);
    if ("unreachable" in right || "unreachable" in wrong) {
      const why = "unreachable" in right ? right.unreachable : "no answer to a wrong token";
      return [fail(handshake, `${APP_ORIGIN}/webhooks/meta/whatsapp: ${why}`, startIt)];
    }
    return [judgeHandshake(right.status, right.text === challenge, wrong.status)];
  },
);

function judgeHandshake(status: number, echoed: boolean, toWrong: number): Finding {
  if (status === 403) {
    const toDo =
      "the running web has another META_WEBHOOK_VERIFY_TOKEN: give it this one, restart, and verify again at Meta";
    return fail(handshake, "our web refuses the verify token", toDo);
  }
  if (status !== 200 || !echoed) {
    const says = `HTTP ${status}${status === 200 ? ", but not with the bare challenge" : " instead of the challenge"}`;
    return fail(
      handshake,
      says,
      "a proxy answers or alters it: pass /webhooks/ on untouched, the query included",
    );
  }
  if (toWrong !== 403) {
    const says = `a wrong verify token is answered HTTP ${toWrong} instead of 403: anybody could pass as Meta's check`;
    return fail(handshake, says, "something else than this product's web answers there");
  }
  return ok(handshake, "echoes the challenge to the right token, 403 to a wrong one");
}

function leadsToLogin(status: number, location: string | null): boolean {
  if (status < 302 || status > 303 || !location) return false;
  return new URL(location, "http://relative").pathname === "/login";
}

/** Only words of our own web are repeated. */
function reasonIn(text: string): string {
  const known = ["draining", "not at this build's schema", "database does not answer"];
  return known.find((reason) => text.includes(reason)) ?? "HTTP 503";
}
