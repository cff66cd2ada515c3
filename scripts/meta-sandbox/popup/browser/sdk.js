/**
 * Stand-in for Meta's JavaScript SDK: `FB.init` and `FB.login`. The popup opens on the origin this file was loaded from,
 * and answers from any other origin are ignored. Needs neither eval nor inline scripts nor styles.
 */
(() => {
  if (window.FB) return;

  const CLOSED_POLL_MS = 250;
  const NOT_CONNECTED = { authResponse: null, status: "unknown" };
  const sandbox = new URL(document.currentScript.src).origin;
  const waiting = new Map();
  let settings = null;

  function init(options) {
    settings = options ?? {};
  }

  /** Opens the popup before it returns, so a click that leads here is enough for the popup blocker. */
  function login(callback, options = {}) {
    if (!settings?.appId) {
      console.error("FB.login() called before FB.init().");
      return;
    }
    if (Object.prototype.toString.call(callback) === "[object AsyncFunction]") {
      throw new Error("Expression is of type asyncfunction, not function");
    }
    const channel = newChannel();
    const popup = window.open(dialogUrl(channel, options), channel, "popup,width=620,height=760");
    waiting.set(channel, { callback, timer: setInterval(watcherOf(channel, popup), CLOSED_POLL_MS) });
  }

  function dialogUrl(channel, options) {
    const { config_id, scope, response_type, override_default_response_type, extras } = options;
    const query = new URLSearchParams({ app_id: settings.appId, origin: window.location.origin, channel });
    const asked = { config_id, scope, response_type, override_default_response_type };
    for (const [name, value] of Object.entries(asked)) {
      if (value !== undefined) query.set(name, String(value));
    }
    if (extras !== undefined) query.set("extras", JSON.stringify(extras));
    const version = settings.version ? `/${settings.version}` : "";
    return `${sandbox}${version}/dialog/embedded?${query}`;
  }

  /** A popup may post its answer just before it closes, so being closed counts only the second time it is seen. */
  function watcherOf(channel, popup) {
    let seenClosed = false;
    return () => {
      const closed = !popup || popup.closed;
      if (closed && seenClosed) settle(channel, NOT_CONNECTED);
      seenClosed = closed;
    };
  }

  /** `response` null: the popup ended and will never answer. */
  function settle(channel, response) {
    const { callback, timer } = waiting.get(channel);
    waiting.delete(channel);
    clearInterval(timer);
    if (response) callback?.(response);
  }

  function newChannel() {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    return `f${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }

  window.addEventListener("message", ({ origin, data }) => {
    if (origin !== sandbox || typeof data !== "string") return;
    const fields = new URLSearchParams(data);
    const channel = fields.get("cb");
    if (waiting.has(channel) && fields.has("response")) settle(channel, JSON.parse(fields.get("response")));
  });

  window.FB = { init, login };
  setTimeout(() => {
    if (!window.fbAsyncInit || window.fbAsyncInit.hasRun) return;
    window.fbAsyncInit.hasRun = true;
    window.fbAsyncInit();
  }, 0);
})();
