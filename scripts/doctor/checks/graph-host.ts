/** Meta's Graph host, without credentials: there, the API version alive, its clock beside ours. */
import { z } from "zod";
import { check } from "../examine.ts";
import { type Finding, fail, ok, warn } from "../findings.ts";
import { ask, isLoopback, isReadableOnTheWay } from "./addresses.ts";
import { judgeDateHeader } from "./clock.ts";

const host = "Graph host";
const version = "API version";
const unknownPath = 2500;
const graphError = z.object({ error: z.object({ code: z.number() }) });

/** One call that Meta refuses for want of parameters: whatever Graph error comes, Graph answered. */
export const graphHostCheck = check(
  host,
  ["META_GRAPH_URL", "META_GRAPH_VERSION"],
  async ({ META_GRAPH_URL, META_GRAPH_VERSION }, patient) => {
    const answer = await ask(`${META_GRAPH_URL}/${META_GRAPH_VERSION}/oauth/access_token`, patient.timeoutMs);
    const name = new URL(META_GRAPH_URL).host;
    if ("unreachable" in answer) {
      const toDo = "let this machine out to it (DNS, firewall, proxy); META_GRAPH_URL is normally left unset";
      return [fail(host, `${name}: ${answer.unreachable}`, toDo)];
    }
    const code = codeIn(answer.text);
    if (code === undefined) {
      const says = `${name} answers HTTP ${answer.status}, but not as the Graph API`;
      return [fail(host, says, "take META_GRAPH_URL out, or find out which proxy answers in Meta's place")];
    }
    return [
      judgeHost(META_GRAPH_URL, name),
      judgeVersion(META_GRAPH_VERSION, code, answer.headers.get("facebook-api-version")),
      ...judgeDateHeader("clock: Meta", "the Graph host", answer.headers.get("date"), patient.now()),
    ];
  },
);

function judgeHost(url: string, name: string): Finding {
  if (name === "graph.facebook.com" && !isReadableOnTheWay(url)) return ok(host, `${name} answers`);
  if (isLoopback(url)) return ok(host, `${name} answers: a stand-in on this machine, not Meta`);
  if (isReadableOnTheWay(url)) {
    return fail(host, `${name} is asked over plain http: the app secret can be read on the way`, "use https");
  }
  return warn(host, `${name} answers, which is not Meta's own`, "take META_GRAPH_URL out unless you mean it");
}

/** Meta serves an expired version with a later one and says so in a header; one that never was is an unknown path. */
function judgeVersion(asked: string, code: number, served: string | null): Finding {
  if (code === unknownPath) {
    return fail(
      version,
      `Meta knows no ${asked}`,
      "leave META_GRAPH_VERSION unset, or name one of Meta's changelog",
    );
  }
  if (served && served !== asked && /^v\d{1,3}\.\d$/.test(served)) {
    const says = `${asked} has expired: Meta serves ${served} in its place, whose answers may differ`;
    return warn(version, says, "update Curbe, or leave META_GRAPH_VERSION unset");
  }
  return ok(version, `${asked} is served`);
}

function codeIn(text: string): number | undefined {
  try {
    return graphError.safeParse(JSON.parse(text)).data?.error.code;
  } catch {
    return undefined;
  }
}
