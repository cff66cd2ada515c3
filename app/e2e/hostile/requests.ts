/** Requests whose shape is wrong, or that two parsers would read as two different things (R19). */

interface HostileRequest {
  request: (string | Uint8Array)[];
  /** Answers that are right. */
  statuses: number[];
}

/** What would be a second request if the first one were believed to end early. */
const smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";

export function hostileRequests(path: string): Record<string, HostileRequest> {
  return { ...framings(path), ...heads(path), ...methods(path) };
}

function framings(path: string): Record<string, HostileRequest> {
  const post = (lines: string[], body: string, statuses = [400]): HostileRequest => ({
    request: [`POST ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join("\r\n")}\r\n\r\n${body}`],
    statuses,
  });
  const chunked = (body: string) => post(["Transfer-Encoding: chunked"], body);
  return {
    "length and chunks": post(["Content-Length: 6", "Transfer-Encoding: chunked"], `0\r\n\r\n${smuggled}`),
    "chunks and length": post(["Transfer-Encoding: chunked", "Content-Length: 4"], `0\r\n\r\n${smuggled}`),
    "two lengths": post(["Content-Length: 0", "Content-Length: 44"], smuggled),
    "two lengths in one": post(["Content-Length: 0, 44"], smuggled),
    "a length with a plus": post(["Content-Length: +0"], smuggled),
    "a negative length": post(["Content-Length: -1"], smuggled),
    "a length in hex": post(["Content-Length: 0x0"], smuggled),
    "a length with an exponent": post(["Content-Length: 1e1"], smuggled),
    "a length beyond counting": post(["Content-Length: 99999999999999999999999"], "x"),
    "an unknown coding": post(["Transfer-Encoding: xchunked"], `0\r\n\r\n${smuggled}`),
    "chunked before identity": post(["Transfer-Encoding: chunked, identity"], `0\r\n\r\n${smuggled}`),
    "a name with a space": post(["Transfer-Encoding : chunked"], `0\r\n\r\n${smuggled}`),
    "a chunk size that is none": chunked("zz\r\nxx\r\n0\r\n\r\n"),
    "a negative chunk size": chunked("-1\r\nx\r\n0\r\n\r\n"),
    "a chunk size with 0x": chunked("0x1\r\nx\r\n0\r\n\r\n"),
    "a chunk size beyond counting": chunked("fffffffffffffffff\r\nx\r\n0\r\n\r\n"),
    "a chunk longer than it says": chunked("1\r\nxxxxx\r\n0\r\n\r\n"),
    "a chunk that ends in a line feed": chunked("1\nx\n0\n\n"),
    "a chunk extension of 20 kB": post(
      ["Transfer-Encoding: chunked"],
      `1;${"x".repeat(20_000)}\r\nx\r\n0\r\n\r\n`,
      [400, 413],
    ),
  };
}

function heads(path: string): Record<string, HostileRequest> {
  const raw = (text: string, ...statuses: number[]): HostileRequest => ({
    request: [Buffer.from(text, "latin1")],
    statuses,
  });
  const to = (target: string, ...statuses: number[]) =>
    raw(
      `POST ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
      ...statuses,
    );
  const withLines = (lines: string, ...statuses: number[]) =>
    raw(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n${lines}\r\n\r\n`,
      ...statuses,
    );
  return {
    "a header of 17 kB": withLines(`X-Long: ${"x".repeat(17 * 1024)}`, 431),
    "headers of 17 kB": withLines(
      Array.from({ length: 1_000 }, (_, n) => `X-Many-${n}: 12345678`).join("\r\n"),
      431,
    ),
    "a target of 17 kB": to(`${path}?${"x".repeat(17 * 1024)}`, 431),
    "U+0000 in a value": withLines("X-Null: a\0b", 400),
    "a bare carriage return": withLines("X-Bare: a\rb", 400),
    "a folded line": withLines("X-Fold: a\r\n b", 400),
    "no host": raw(`POST ${path} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`, 400),
    "two hosts": withLines("Host: evil.example", 400, 401),
    "an absolute target": to(`http://evil.example${path}`, 400, 401, 404, 405),
    "an authority for a target": to("evil.example:443", 400, 404, 405),
    "an asterisk for a target": to("*", 400, 404, 405),
    "a target that goes up": to("/webhooks/meta/../../webhooks/meta/whatsapp", 400, 401, 404),
    "two slashes first": to(`//evil.example${path}`, 400, 401, 404),
    "a backslash": to("/webhooks\\meta\\whatsapp", 400, 401, 404, 405),
    "a broken escape": to("/webhooks/meta/%zz", 400, 404),
    "an escape of no UTF-8": to("/webhooks/meta/%ff", 400, 404),
    "an escaped U+0000": to("/webhooks/meta/whatsapp%00", 400, 404),
    "bytes beyond ASCII in the target": to("/webhooks/meta/caf\xe9", 400, 404),
    "a space in the target": to("/webhooks/meta/what sapp", 400),
    "no version": raw(`POST ${path}\r\n\r\n`, 400, 401),
    "HTTP/3.0": raw(`POST ${path} HTTP/3.0\r\nHost: localhost\r\n\r\n`, 400, 505),
    "the start of HTTP/2": raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 404, 405, 505),
    "the start of TLS": raw("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    "an unknown expectation": withLines("Expect: 200-maybe", 401, 417),
    "an upgrade to HTTP/2": withLines(
      "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
      400,
      401,
      426,
    ),
  };
}

/** Neither GET, POST nor what HTTP defines by them. */
function methods(path: string): Record<string, HostileRequest> {
  const by = (method: string, body = ""): HostileRequest => ({
    request: [
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ],
    statuses: [400, 405],
  });
  return {
    // Like a GET without a token.
    HEAD: { ...by("HEAD"), statuses: [403, 405] },
    OPTIONS: { ...by("OPTIONS"), statuses: [403, 405] },
    PUT: by("PUT", "{}"),
    PATCH: by("PATCH", "{}"),
    DELETE: by("DELETE"),
    // A closed door is an answer to who asks for a tunnel.
    CONNECT: { ...by("CONNECT"), statuses: [0, 400, 405] },
    PROPFIND: by("PROPFIND"),
    "an invented method": by("HOLOGRAM"),
    "a method in lower case": by("post", "{}"),
  };
}
