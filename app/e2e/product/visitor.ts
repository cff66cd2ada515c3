/** A browser without a browser: cookies, manual redirects, and the headers by which a real one passes our gates. */
import { Agent, type OutgoingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";

export interface Visitor {
  /** `web` says which of the two processes is asked; the address the visitor believes in is the same for both. */
  get(path: string, web: number): Promise<Response>;
  post(path: string, fields: Record<string, string>, web: number, accept?: string): Promise<Response>;
}

const agent = new Agent({ keepAlive: true });

/** `webs` are the addresses of the processes, `origin` is the app's own as people know it, `session` what one begins with. */
export function createVisitor(
  webs: readonly string[],
  origin: string,
  session?: { name: string; value: string },
): Visitor {
  const jar = new Map<string, string>(session ? [[session.name, session.value]] : []);
  const send = async (path: string, web: number, headers: OutgoingHttpHeaders, body?: string) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    // A proxy in front of both keeps the Host that the visitor asked for.
    const all = { host: new URL(origin).host, ...(cookie ? { cookie } : {}), ...headers };
    const answer = await exchange(`${webs[web]}${path}`, all, body);
    for (const line of answer.headers.getSetCookie()) keep(jar, line);
    return answer;
  };
  return {
    get: (path, web) => send(path, web, { accept: "text/html" }),
    post(path, fields, web, accept = "text/html") {
      const body = new URLSearchParams(fields).toString();
      const type = { "content-type": "application/x-www-form-urlencoded", "content-length": body.length };
      return send(path, web, { accept, origin, "sec-fetch-site": "same-origin", ...type }, body);
    },
  };
}

/** Not `fetch`, which sets Host itself. */
function exchange(url: string, headers: OutgoingHttpHeaders, body?: string): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      agent,
      method: body === undefined ? "GET" : "POST",
      headers,
      timeout: 20_000,
    });
    sent.once("error", reject);
    sent.once("timeout", () => sent.destroy(new Error(`${new URL(url).pathname} did not answer in time.`)));
    sent.once("response", (answer) => {
      const received = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      );
      const init = { status: answer.statusCode ?? 0, headers: received };
      text(answer).then((read) => resolve(new Response(read || null, init)), reject);
    });
    sent.end(body);
  });
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  const forgotten = attributes.some((one) => /^max-age=0$/i.test(one) || /^expires=.*\b1970\b/i.test(one));
  if (forgotten) jar.delete(pair.slice(0, at));
  else jar.set(pair.slice(0, at), pair.slice(at + 1));
}
