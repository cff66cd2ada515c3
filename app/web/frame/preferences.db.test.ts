import { describe, expect, test } from "vitest";
import { action } from "../../routes/preferences.ts";
import { english } from "../../texts/en/index.ts";
import { spanish } from "../../texts/es/index.ts";
import { pageStage } from "../testing/page-stage.ts";
import { answerOf, call, get, origin, post } from "../testing/stage.ts";

const { demo, ask } = pageStage();

async function pageWith(path: string, headers: Record<string, string>): Promise<string> {
  const request = get(path);
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  return (await ask(request)).text();
}

async function choose(fields: Record<string, string>, referer?: string): Promise<Response> {
  const request = post("/preferences", fields, {});
  if (referer) request.headers.set("referer", referer);
  return (await answerOf(action(call(request)))) as Response;
}

describe("the language of a page", () => {
  test.each([
    ["nothing", {}, "en"],
    ["a browser that wants Mexican Spanish", { "accept-language": "es-MX,es;q=0.9,en;q=0.5" }, "es"],
    ["a browser that likes English more", { "accept-language": "en-US,en;q=0.9,es;q=0.8" }, "en"],
    ["a browser that wants what we do not have", { "accept-language": "fr-FR, de;q=0.8" }, "en"],
    ["a browser that talks nonsense", { "accept-language": ";;q=x,,*-*" }, "en"],
    ["a choice against the browser", { "accept-language": "en", cookie: "curbe_language=es" }, "es"],
    ["a choice of what we do not have", { "accept-language": "es", cookie: "curbe_language=xx" }, "es"],
    ["a choice that names no language", { cookie: "curbe_language=constructor" }, "en"],
  ])("with %s", async (_what, headers, language) => {
    const page = await pageWith("/login", headers);
    const [words, others] = language === "es" ? [spanish, english] : [english, spanish];
    expect(page).toContain(`<html lang="${language}"`);
    expect(page).toContain(`<title>${words.login.title} · Curbe</title>`);
    expect(page).toContain(words.login.lead);
    expect(page).not.toContain(others.login.lead);
  });

  test("holds for what cannot be shown, too", async () => {
    const page = await pageWith("/nowhere", { cookie: `curbe_language=es; ${demo.ana}` });
    expect(page).toContain(`<title>${spanish.errors.notFound.title} · Curbe</title>`);
    expect(page).toContain(spanish.nav.integrations);
  });
});

test.each([
  ["America/Mexico_City", "America/Mexico_City"],
  ["America%2FMexico_City", "America/Mexico_City"],
  ["Nowhere/Nothing", "UTC"],
  ["<script>", "UTC"],
])("a time zone of %s is %s", async (told, used) => {
  expect(await pageWith("/login", { cookie: `curbe_time_zone=${told}` })).toContain(
    `data-time-zone="${used}"`,
  );
});

describe("choosing", () => {
  test("is remembered for a year and leads back to the page it came from", async () => {
    const answer = await choose({ language: "es", theme: "dark" }, `${origin}/conversations?after=1_2`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/conversations?after=1_2");
    const cookies = answer.headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    for (const cookie of cookies) expect(cookie).toMatch(/Max-Age=31536000.*HttpOnly.*Secure.*SameSite=Lax/i);
    const page = await pageWith("/login", { cookie: cookies.map((one) => one.split(";")[0]).join("; ") });
    expect(page).toContain('<html lang="es" data-theme="dark"');
    expect(page).toMatch(/<button[^>]*value="dark"[^>]*aria-pressed="true"/);
  });

  test.each([
    ["nowhere", undefined, "/"],
    ["another site", "https://evil.example/conversations", "/"],
    ["no address", "::", "/"],
    ["an API", `${origin}/api/integrations/meta/whatsapp/callback?code=1`, "/"],
    ["the sign-in page", `${origin}/login?returnTo=%2Fconversations`, "/login?returnTo=%2Fconversations"],
  ])("coming from %s leads to a page of ours", async (_what, referer, location) => {
    expect((await choose({ language: "en" }, referer)).headers.get("location")).toBe(location);
  });

  test("of what there is not changes nothing", async () => {
    const answer = await choose({ language: "xx", theme: "constructor" });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});
