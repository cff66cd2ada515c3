import express, { type Request, type Response, type Router } from "express";
import { sendScript } from "../popup/browser-files.ts";
import type { Platform } from "../world/platform.ts";
import { readEmbeddedRequest, readHostedRequest } from "./flows.ts";
import { approve, cancel } from "./outcome.ts";
import {
  accountsPage,
  businessPage,
  type DialogView,
  lastPage,
  numbersPage,
  problemPage,
  reviewPage,
  signInPage,
  stepUrl,
} from "./pages.ts";
import { type DialogProblem, readAuthorizationRequest, requestedScopes } from "./request.ts";
import { type AuthorizationRequest, type DialogSession, STEPS, type Step, stepAfter } from "./session.ts";
import { answerStep } from "./steps.ts";

const ENDED = { title: "This dialog has ended", detail: "Go back to the app and start again." };

type ReadRequest = (platform: Platform, query: URLSearchParams) => AuthorizationRequest | DialogProblem;

/**
 * The dialog as plain forms: it works without JavaScript, and every step can be revisited until the end. It opens by
 * redirect, in the SDK's popup, or from the hosted link; only a popup's last page needs a script, to reach its opener.
 */
export function dialogRoutes(platform: Platform): Router {
  const router = express.Router();
  const opens = (read: ReadRequest) => (request: Request, response: Response) =>
    openDialog(platform, read, request, response);
  router.get("/dialog/oauth", opens(readAuthorizationRequest));
  router.get("/dialog/embedded", opens(readEmbeddedRequest));
  router.get("/messaging/whatsapp/onboard", opens(readHostedRequest));
  router.get("/dialog/popup-end.js", (_request, response) => sendScript(response, "popup-end.js"));
  router.get("/dialog/end/:id", (request, response) => sendLastPage(platform, request, response));
  router.get("/dialog/oauth/:id/:step", (request, response) => {
    const found = findStep(platform, request);
    if (!found) return sendPage(response, 410, problemPage(ENDED));
    sendPage(response, 200, renderStep(platform, found.session, found.step));
  });
  router.post("/dialog/oauth/:id/:step", (request, response, next) => {
    postStep(platform, request, response).catch(next);
  });
  return router;
}

function openDialog(platform: Platform, read: ReadRequest, request: Request, response: Response): void {
  const { searchParams } = new URL(request.originalUrl, "http://sandbox");
  const authorization = read(platform, searchParams);
  const { dialogOutcome } = platform.switches;
  if ("title" in authorization) {
    sendPage(response, 400, problemPage(authorization));
  } else if (dialogOutcome === "dev_mode_page" || dialogOutcome === "feature_unavailable") {
    sendPage(response, 400, problemPage(UNAVAILABLE[dialogOutcome]));
  } else {
    sendPage(response, 200, renderStep(platform, platform.dialogs.open(authorization), "sign-in"));
  }
}

const UNAVAILABLE = {
  dev_mode_page: {
    title: "App not active",
    detail: "This app is not currently accessible and the app developer is aware of the issue.",
  },
  feature_unavailable: {
    title: "Feature unavailable",
    detail:
      "Facebook Login is currently unavailable for this app, since we are updating additional details for it.",
  },
};

async function postStep(platform: Platform, request: Request, response: Response): Promise<void> {
  const found = findStep(platform, request);
  if (!found) return sendPage(response, 410, problemPage(ENDED));
  const { session, step } = found;
  const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "");
  if (form.get("action") === "cancel") return response.redirect(302, cancel(platform, session, step));
  if (session.finishedAt !== null) return response.redirect(302, session.finishedAt);
  if (step === "review") {
    return response.redirect(302, await approve(platform, session, form.getAll("permission")));
  }
  const problem = answerStep(platform.state.world, session, step, form);
  if (problem) return sendPage(response, 422, renderStep(platform, session, step, problem));
  response.redirect(303, stepUrl(session, stepAfter(platform.state.world, session, step)));
}

/** Reloading it repeats the messages, which the SDK ignores. */
function sendLastPage(platform: Platform, request: Request, response: Response): void {
  const session = platform.dialogs.find(request.params.id ?? "");
  if (!session || session.finishedAt === null) {
    sendPage(response, 410, problemPage(ENDED));
    return;
  }
  response.set("Content-Security-Policy", LAST_PAGE_POLICY);
  sendPage(response, 200, lastPage(session));
}

const LAST_PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'";

function renderStep(platform: Platform, session: DialogSession, step: Step, alert?: string): string {
  const view: DialogView = {
    world: platform.state.world,
    session,
    appName: platform.app.name,
    ...(alert === undefined ? {} : { alert }),
  };
  switch (step) {
    case "sign-in":
      return signInPage(view);
    case "business":
      return businessPage(view);
    case "accounts":
      return accountsPage(view);
    case "numbers":
      return numbersPage(view);
    case "review":
      return reviewPage(view, requestedScopes(session));
  }
}

/** Steps after sign-in exist only once somebody has signed in. */
function findStep(platform: Platform, request: Request): { session: DialogSession; step: Step } | null {
  const session = platform.dialogs.find(request.params.id ?? "");
  const step = STEPS.find((candidate) => candidate === request.params.step);
  if (!session || !step) return null;
  return { session, step: session.personId === null ? "sign-in" : step };
}

function sendPage(response: Response, status: number, markup: string): void {
  response.status(status).set("Cache-Control", "no-store").type("html").send(markup);
}
