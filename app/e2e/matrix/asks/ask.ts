/** One request over a socket, and the whole of its answer as it came. */
import { Agent, request } from "node:http";

export interface Asked {
  method: "GET" | "POST";
  path: string;
  /** The app's own, as the page that holds a form would say. */
  origin: string;
  cookie?: string | undefined;
  headers?: Record<string, string> | undefined;
  form?: Record<string, string> | undefined;
  json?: object | undefined;
  /** Left after so long, with what was said until then: status 0 where that was nothing. */
  leaveAfterMs?: number | undefined;
}

export interface Answer {
  status: number;
  setCookies: string[];
  location: string;
  body: string;
  /** Status line, headers and body. */
  text: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

export function ask(port: number, asked: Asked): Promise<Answer> {
  const { form, json, cookie } = asked;
  const sent = form ? new URLSearchParams(form).toString() : json ? JSON.stringify(json) : undefined;
  const type = json ? "application/json" : "application/x-www-form-urlencoded";
  const headers = {
    accept: "text/html",
    host: new URL(asked.origin).host,
    ...(cookie ? { cookie } : {}),
    ...(sent === undefined
      ? {}
      : {
          "content-type": type,
          "content-length": Buffer.byteLength(sent),
          origin: asked.origin,
          "sec-fetch-site": "same-origin",
        }),
    ...asked.headers,
  };
  return new Promise((resolve, reject) => {
    const wire = request({
      agent,
      port,
      host: "127.0.0.1",
      method: asked.method,
      path: asked.path,
      headers,
      timeout: 20_000,
    });
    wire.once("error", reject);
    wire.once("timeout", () => wire.destroy(new Error(`${asked.path} did not answer in time.`)));
    const chunks: Buffer[] = [];
    let answer = answerOf(0, [], "");
    wire.once("response", (response) => {
      const end = () => {
        answer = answerOf(
          response.statusCode ?? 0,
          response.rawHeaders,
          Buffer.concat(chunks).toString("utf8"),
        );
        if (response.complete) resolve(answer);
      };
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        if (asked.leaveAfterMs !== undefined) end();
      });
      response.once("end", end);
      response.once("error", reject);
    });
    if (asked.leaveAfterMs !== undefined) {
      setTimeout(() => {
        resolve(answer);
        wire.destroy();
      }, asked.leaveAfterMs).unref();
    }
    wire.end(sent);
  });
}

function answerOf(status: number, raw: string[], body: string): Answer {
  const pairs = raw.flatMap((name, n): [string, string][] =>
    n % 2 ? [] : [[name.toLowerCase(), raw[n + 1] ?? ""]],
  );
  const of = (wanted: string) => pairs.filter(([name]) => name === wanted).map(([, value]) => value);
  const head = pairs.map(([name, value]) => `${name}: ${value}`).join("\n");
  return {
    status,
    setCookies: of("set-cookie"),
    location: of("location")[0] ?? "",
    body,
    text: `${status}\n${head}\n\n${body}`,
  };
}
