/** The answer to whoever has used up a budget: 429, when to come again, and that nothing is lost. */
import { renderToStaticMarkup } from "react-dom/server";
import { TooManyDocument } from "../../components/connect/too-many.tsx";
import { PageContext } from "../../components/frame/page-context.tsx";
import stylesheet from "../../tailwind.css";
import { preferencesOf } from "../frame/preferences.server.ts";
import { wantsJson } from "../http/request.server.ts";
import { services } from "../services.server.ts";
import type { Viewer } from "../session/session.server.ts";
import type { BudgetedAction } from "./action-budgets.server.ts";

/** For the action of a page: takes one of the budget, or throws what the page of errors is drawn from. */
export async function requireBudget(viewer: Viewer, action: BudgetedAction): Promise<void> {
  const seconds = await overspent(viewer, action);
  if (seconds !== undefined) throw tooMany(seconds);
}

/** For an address without a page of its own: throws a document where a browser's form has asked for one, else JSON. */
export async function requireEndpointBudget(
  request: Request,
  viewer: Viewer,
  action: BudgetedAction,
): Promise<void> {
  const seconds = await overspent(viewer, action);
  if (seconds !== undefined) throw tooManyAtEndpoint(request, seconds);
}

async function overspent(viewer: Viewer, action: BudgetedAction): Promise<number | undefined> {
  const { budgets, log } = services();
  const refused = await budgets.spend(action, viewer);
  if (refused) log.warn("refused: the budget is used up", { tenant_id: viewer.tenantId, outcome: action });
  return refused?.retryAfterSeconds;
}

/** A document where a browser's form has asked for one: it has nothing else to show. */
export function tooManyAtEndpoint(request: Request, seconds: number): Response {
  const wantsPage = !wantsJson(request) && (request.headers.get("accept") ?? "").includes("text/html");
  if (!wantsPage) return tooMany(seconds);
  const html = renderToStaticMarkup(
    <PageContext.Provider value={preferencesOf(request)}>
      <TooManyDocument seconds={seconds} until={after(seconds)} stylesheet={stylesheet} />
    </PageContext.Provider>,
  );
  const headers = { ...refusalHeaders(seconds), "Content-Type": "text/html; charset=utf-8" };
  return new Response(`<!DOCTYPE html>${html}`, { status: 429, headers });
}

function tooMany(seconds: number): Response {
  const body = { error: "too_many_requests", retry_after_seconds: seconds, again_at: after(seconds) };
  return Response.json(body, { status: 429, headers: refusalHeaders(seconds) });
}

const after = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

/** The address may hold a code: nobody keeps it and no next page learns it. */
function refusalHeaders(seconds: number) {
  return { "Retry-After": String(seconds), "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" };
}
