import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import { sandboxForTest } from "../testing.ts";

const SANDBOX = "http://127.0.0.1:4100";
const sourceOf = (name: string) => readFileSync(join(import.meta.dirname, "browser", name), "utf8");

const LOGIN = {
  config_id: "777",
  response_type: "code",
  override_default_response_type: true,
  extras: { setup: {} },
};

/** The few parts of a browser window that the SDK touches, with timers that tick by hand. */
function browserWith(popup: { closed: boolean } | null) {
  const listeners: ((event: { origin: string; data: unknown }) => void)[] = [];
  const intervals = new Map<number, () => void>();
  const deferred: (() => void)[] = [];
  const errors: string[] = [];
  const open = vi.fn((_url: string, _name: string, _features: string) => popup);
  // biome-ignore lint/suspicious/noExplicitAny: the page sees whatever the SDK puts there
  const window: any = {
    open,
    location: { origin: "https://app.example" },
    addEventListener: (_type: string, listener: (typeof listeners)[number]) => listeners.push(listener),
  };
  const globals = {
    window,
    document: { currentScript: { src: `${SANDBOX}/en_US/sdk.js` } },
    console: { error: (line: string) => errors.push(line) },
    URL,
    URLSearchParams,
    crypto,
    setTimeout: (run: () => void) => deferred.push(run),
    setInterval: (run: () => void) => {
      intervals.set(intervals.size + 1, run);
      return intervals.size;
    },
    clearInterval: (id: number) => intervals.delete(id),
  };
  // As under a strict Content-Security-Policy: eval and new Function throw.
  const load = () =>
    runInNewContext(sourceOf("sdk.js"), globals, { contextCodeGeneration: { strings: false, wasm: false } });
  return {
    window,
    open,
    errors,
    intervals,
    load,
    runDeferred: () => deferred.splice(0).forEach((run) => void run()),
    tick: () => intervals.forEach((run) => void run()),
    post: (data: unknown, origin = SANDBOX) => listeners.forEach((listen) => void listen({ origin, data })),
  };
}

function loggedIn(popup: { closed: boolean } | null = { closed: false }) {
  const browser = browserWith(popup);
  browser.load();
  browser.window.FB.init({ appId: "900", autoLogAppEvents: true, xfbml: true, version: "v25.0" });
  const callback = vi.fn();
  browser.window.FB.login(callback, LOGIN);
  const url = new URL(browser.open.mock.calls[0]?.[0] ?? "");
  const channel = url.searchParams.get("channel") ?? "";
  const answer = (response: unknown) =>
    new URLSearchParams({ cb: channel, response: JSON.stringify(response) }).toString();
  return { ...browser, callback, url, answer };
}

const CONNECTED = { authResponse: { code: "AQ1" }, status: "connected" };
const NOT_CONNECTED = { authResponse: null, status: "unknown" };

describe("loading", () => {
  test.each(["/sdk.js", "/en_US/sdk.js", "/es_LA/sdk.js"])(
    "%s is a script that any origin may run",
    async (path) => {
      const sandbox = await sandboxForTest();
      const response = await fetch(`${sandbox.url}${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toContain("text/javascript");
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(response.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
      expect(await response.text()).toBe(sourceOf("sdk.js"));
    },
  );

  test("fbAsyncInit runs once, after FB is there", () => {
    const browser = browserWith(null);
    browser.window.fbAsyncInit = vi.fn(() => browser.window.FB.init({ appId: "900" }));
    browser.load();
    expect(browser.window.fbAsyncInit).not.toHaveBeenCalled();
    browser.load();
    browser.runDeferred();
    expect(browser.window.fbAsyncInit).toHaveBeenCalledTimes(1);
  });
});

describe("FB.login", () => {
  test("opens the dialog with what it was asked, before it returns", () => {
    const { url } = loggedIn();
    expect(`${url.origin}${url.pathname}`).toBe(`${SANDBOX}/v25.0/dialog/embedded`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      app_id: "900",
      origin: "https://app.example",
      channel: expect.stringMatching(/^f[0-9a-f]{16}$/),
      config_id: "777",
      response_type: "code",
      override_default_response_type: "true",
      extras: '{"setup":{}}',
    });
  });

  test("calls back once with the sandbox's answer", () => {
    const { callback, post, answer, intervals } = loggedIn();
    post(answer(CONNECTED));
    post(answer(CONNECTED));
    expect(callback.mock.calls).toEqual([[CONNECTED]]);
    expect(intervals.size).toBe(0);
  });

  test("ignores other origins, other logins and everything that is not an answer", () => {
    const { callback, post, answer } = loggedIn();
    post(answer(CONNECTED), "http://127.0.0.1:41000");
    post(answer(CONNECTED), "https://app.example");
    post(answer(CONNECTED).replace("cb=f", "cb=e"));
    for (const data of ["cb=f1&type=ready", '{"type":"WA_EMBEDDED_SIGNUP"}', { response: 1 }, null])
      post(data);
    expect(callback).not.toHaveBeenCalled();
  });

  test("a closed popup is noticed, but an answer that was already on its way wins", () => {
    const popup = { closed: false };
    const left = loggedIn(popup);
    left.tick();
    popup.closed = true;
    left.tick();
    expect(left.callback).not.toHaveBeenCalled();
    left.tick();
    expect(left.callback.mock.calls).toEqual([[NOT_CONNECTED]]);
    const finished = loggedIn({ closed: true });
    finished.tick();
    finished.post(finished.answer(CONNECTED));
    finished.tick();
    expect(finished.callback.mock.calls).toEqual([[CONNECTED]]);
  });

  test("a blocked popup is like a closed one", () => {
    const { callback, tick } = loggedIn(null);
    tick();
    tick();
    expect(callback.mock.calls).toEqual([[NOT_CONNECTED]]);
  });

  test("a popup that never answers stays silent, closed or not", () => {
    const { callback, post, answer, tick } = loggedIn({ closed: true });
    post(answer(null));
    tick();
    tick();
    expect(callback).not.toHaveBeenCalled();
  });

  test("needs FB.init, and a callback that is not async", () => {
    const browser = browserWith(null);
    browser.load();
    browser.window.FB.login(() => {}, LOGIN);
    expect(browser.errors).toEqual(["FB.login() called before FB.init()."]);
    browser.window.FB.init({ appId: "900" });
    expect(() => browser.window.FB.login(async () => {}, LOGIN)).toThrow("asyncfunction");
    expect(browser.open).not.toHaveBeenCalled();
  });
});

describe("the popup's last page", () => {
  const answer = JSON.stringify({ origin: "https://app.example", messages: ["a", "b"] });

  test("posts in order to the opener's origin and closes", () => {
    const postMessage = vi.fn();
    const close = vi.fn();
    const document = { currentScript: { dataset: { answer } } };
    runInNewContext(sourceOf("popup-end.js"), { document, window: { opener: { postMessage }, close } });
    expect(postMessage.mock.calls).toEqual([
      ["a", "https://app.example"],
      ["b", "https://app.example"],
    ]);
    expect(close).toHaveBeenCalledTimes(1);
  });

  test("stays open when nobody opened it", () => {
    const close = vi.fn();
    const document = { currentScript: { dataset: { answer } } };
    runInNewContext(sourceOf("popup-end.js"), { document, window: { opener: null, close } });
    expect(close).not.toHaveBeenCalled();
  });
});
