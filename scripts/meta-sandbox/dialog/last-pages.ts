import { html, page } from "../html.ts";
import type { DialogProblem } from "./request.ts";
import type { DialogSession } from "./session.ts";

/** Meta's own error page: the browser stays here and the app hears nothing. */
export function problemPage(problem: DialogProblem): string {
  return page({
    title: `${problem.title} · Meta sandbox`,
    body: html`<h1>${problem.title}</h1><p>${problem.detail}</p>
      <p class="dim">The app gets no callback from here. Go back to it and start again.</p>`,
  });
}

/** The end of a popup, which passes the outcome on and closes itself, or of the hosted link. */
export function lastPage(session: DialogSession): string {
  const { ending } = session.request;
  const answer =
    ending.kind === "popup"
      ? JSON.stringify({ origin: ending.origin, messages: session.popupMessages })
      : null;
  return page({
    title: "Sign-up ended · Meta sandbox",
    body: html`<h1>You can close this window</h1>
      <p>${session.granted ? "What you chose is shared with the app now." : "Nothing was shared."}</p>
      ${answer === null ? null : html`<script src="/dialog/popup-end.js" data-answer="${answer}"></script>`}`,
  });
}
