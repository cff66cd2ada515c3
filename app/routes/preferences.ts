import { type ActionFunctionArgs, redirect } from "@remix-run/node";
import { isTheme } from "../components/frame/page-context.tsx";
import { isLanguage } from "../texts/languages.ts";
import { keepLanguageOfViewer, rememberLanguage, rememberTheme } from "../web/frame/preferences.server.ts";
import { fieldOf, readForm } from "../web/http/input.server.ts";
import { safeReturnTo } from "../web/http/request.server.ts";
import { services } from "../web/services.server.ts";

/** `POST`: another language or appearance, then back to where it was asked for. What is none of ours changes nothing. */
export async function action({ request }: ActionFunctionArgs) {
  const form = await readForm(request);
  const language = fieldOf(form, "language", 8);
  const theme = fieldOf(form, "theme", 8);
  const headers = new Headers();
  if (isLanguage(language)) {
    headers.append("Set-Cookie", rememberLanguage(language));
    await keepLanguageOfViewer(request, language);
  }
  if (isTheme(theme)) headers.append("Set-Cookie", rememberTheme(theme));
  return redirect(cameFrom(request), { status: 303, headers });
}

/** Nothing to see. */
export async function loader() {
  return redirect("/", 303);
}

/** The page says nothing about its address in a field: what stands in an address is never written into a page. */
function cameFrom(request: Request): string {
  const from = URL.parse(request.headers.get("referer") ?? "");
  if (!from || from.origin !== services().origin) return "/";
  const path = from.pathname + from.search;
  // A place to come back to here, unlike after signing in.
  return /^\/login(?:\?returnTo=[\w~./%-]*)?$/.test(path) ? path : safeReturnTo(path, "/");
}
