/** How a person wants pages to read and look: their own choice in a cookie, else what the browser says. */
import { parseCookie, stringifySetCookie } from "cookie";
import Negotiator from "negotiator";
import { withTenant } from "#db/client.ts";
import { keepLanguage } from "#db/queries/people/people.ts";
import { isTheme, type PageFacts, type Theme } from "../../components/frame/page-context.tsx";
import { isLanguage, type Language, languageIds } from "../../texts/languages.ts";
import { services } from "../services.server.ts";
import { readViewer } from "../session/session.server.ts";

const names = { language: "curbe_language", theme: "curbe_theme", timeZone: "curbe_time_zone" };
const yearSeconds = 365 * 24 * 60 * 60;

/** Somebody, in the workspace they are signed in to. */
interface Person {
  userId: string;
  tenantId: string;
}

type Preferences = Pick<PageFacts, "language" | "theme" | "timeZone">;

/** English, the device's appearance and UTC where nothing better is known. Cookies are anybody's: none is believed unread. */
export function preferencesOf(request: Request): Preferences {
  const cookies = parseCookie(request.headers.get("cookie") ?? "");
  const { language, theme, timeZone } = {
    language: cookies[names.language],
    theme: cookies[names.theme],
    timeZone: cookies[names.timeZone],
  };
  return {
    language: isLanguage(language) ? language : preferredLanguage(request),
    theme: isTheme(theme) ? theme : "system",
    timeZone: isTimeZone(timeZone) ? timeZone : "UTC",
  };
}

/** The value for `Set-Cookie`. */
export function rememberLanguage(language: Language): string {
  return remember(names.language, language);
}

/** The value for `Set-Cookie`. */
export function rememberTheme(theme: Theme): string {
  return remember(names.theme, theme);
}

/** A choice for what reaches a signed-in person outside of pages, too; of anybody else nothing is kept. */
export async function keepLanguageOfViewer(request: Request, language: Language): Promise<void> {
  const viewer = await readViewer(request);
  if (viewer) await keepLanguageOf(viewer, language, { onlyIfUnknown: false });
}

/** What the browser of somebody who signs in prefers, where they have not chosen and were never seen before. */
export async function keepFirstLanguage(request: Request, person: Person): Promise<void> {
  const { language } = preferencesOf(request);
  await keepLanguageOf(person, language, { onlyIfUnknown: true });
}

function keepLanguageOf({ userId, tenantId }: Person, ...kept: [Language, { onlyIfUnknown: boolean }]) {
  return withTenant(services().db, tenantId, (tdb) => keepLanguage(tdb, userId, ...kept));
}

function remember(name: string, value: string): string {
  return stringifySetCookie({
    name,
    value,
    path: "/",
    sameSite: "lax",
    httpOnly: true,
    maxAge: yearSeconds,
    secure: services().secureCookies,
  });
}

function preferredLanguage(request: Request): Language {
  const headers = { "accept-language": request.headers.get("accept-language") ?? "" };
  const wanted = new Negotiator({ headers }).language([...languageIds]);
  return isLanguage(wanted) ? wanted : "en";
}

function isTimeZone(value: string | undefined): value is string {
  if (!value || value.length > 64) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
