/** One sign-up in a window of the platform's, in the browser: opens it, listens, and ends it at our server. */
import { type ChannelId, connectPath } from "../../../integrations/catalog.ts";
import type { SignupWindow } from "../../../integrations/channel.server.ts";
import type { WindowNotice } from "../../../texts/shapes.ts";
import type { Sdk } from "./sdk.ts";
import { hear, type Input, type Moment, momentMs, nothingHeard, verdictOf } from "./signup-window.ts";
import { readLogin, readPosted } from "./window-messages.ts";

export { loadSdk } from "./sdk.ts";

/** `replaced`: another attempt of this page took over. */
export type Phase = "waiting" | "submitting" | "replaced" | WindowNotice;

interface Opening {
  sdk: Sdk;
  channel: ChannelId;
  signup: SignupWindow;
  /** For a number that lives on in an app on somebody's phone. */
  onPhone: boolean;
  show(phase: Phase): void;
}

/** Nobody closes a window faster than this: an empty answer before means that the browser did not let it open. */
const earlyMs = 1_000;

/** A page has one window under way: where two are open, nobody could say which of them tells something. */
let endPrevious = () => {};

/**
 * Must be called in a click: the window opens before this returns. Throws what the script throws, with nothing begun.
 * The attempt outlives the form that began it, for its code must be used even if the page has changed meanwhile; the
 * returned function ends it without a trace.
 */
export function openSignup({ sdk, channel, signup, onPhone, show }: Opening): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const openedAt = performance.now();
  const take = follow(signal, show, (fields) => {
    ending.abort();
    show("submitting");
    postDocument(`${connectPath(channel)}/callback`, fields);
  });
  const answered = (response: unknown) => {
    const answer = readLogin(response, performance.now() - openedAt < earlyMs);
    // Perhaps before `login` has returned.
    queueMicrotask(() => take({ kind: "answered", answer }));
  };
  sdk.login(answered, {
    config_id: signup.configId,
    response_type: "code",
    override_default_response_type: true,
    extras: onPhone ? signup.extrasOnPhone : signup.extras,
  });
  endPrevious();
  endPrevious = () => {
    if (!signal.aborted) show("replaced");
    ending.abort();
  };
  const posted = ({ origin, data, source }: MessageEvent) => {
    const told = readPosted({ origin, data, fromInside: isInside(source) }, signup.origins);
    if (told) take({ kind: "told", told });
  };
  window.addEventListener("message", posted, { signal });
  show("waiting");
  void beginAttempt(channel, onPhone).then(take);
  return () => ending.abort();
}

/** Takes what is heard, in whatever order, shows how it stands, and submits at most once. Deaf after `signal`. */
function follow(
  signal: AbortSignal,
  show: (phase: Phase) => void,
  submit: (fields: Record<string, string>) => void,
): (input: Input) => void {
  let heard = nothingHeard;
  let running: { moment: Moment; id: number } | undefined;
  return function take(input) {
    if (signal.aborted) return;
    heard = hear(heard, input);
    const verdict = verdictOf(heard);
    if (verdict.kind === "submit") return submit(verdict.fields);
    show(verdict.notice ?? "waiting");
    const { moment } = verdict;
    if (running && running.moment === moment) return;
    window.clearTimeout(running?.id);
    running = moment
      ? { moment, id: window.setTimeout(() => take({ kind: "waited", moment }), momentMs[moment]) }
      : undefined;
  };
}

/** Our server stores the one-time state, bound to this session, while the person is in the window. */
async function beginAttempt(channel: ChannelId, onPhone: boolean): Promise<Input> {
  try {
    const answer = await fetch(`${connectPath(channel)}/start`, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify({ flow: "popup", ...(onPhone ? { number: "on_phone" } : {}) }),
      signal: AbortSignal.timeout(15_000),
    });
    const { state }: { state?: unknown } = answer.ok ? await answer.json() : {};
    return typeof state === "string" ? { kind: "attempt", state } : { kind: "no_attempt" };
  } catch {
    return { kind: "no_attempt" };
  }
}

/** A frame in this page may look like the platform's; its windows are windows of their own. */
function isInside(source: MessageEventSource | null): boolean {
  return source !== null && "top" in source && source.top === window;
}

/** By a form of the document, so that no code stands in an address and the answer leads to the page that it names. */
function postDocument(action: string, fields: Record<string, string>): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  form.hidden = true;
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}
