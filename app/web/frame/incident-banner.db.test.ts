import { describe, expect, test } from "vitest";
import { demoWorkspaces } from "../../../scripts/seed.ts";
import { action as hide } from "../../routes/incidents.hide.ts";
import { english as texts } from "../../texts/en/index.ts";
import { activeConnection, addConnection } from "../testing/connection-rows.ts";
import { pageStage } from "../testing/page-stage.ts";
import { answerOf, call, post } from "../testing/stage.ts";

const { demo, sql, markup } = pageStage("channel_connections");

const { luz } = demoWorkspaces;
const words = texts.incidents;
const titleOf = (code: string) => texts.channels.meta_whatsapp.incidentOf(code).title;
const at = "2026-11-20T10:00:00Z";

function broken(code: string, e164: string, since = at): Promise<string> {
  const metadata = { error: { code, at: since } };
  return addConnection(demo.stage, luz.id, { ...activeConnection, e164, status: "error", metadata });
}

const path = "/settings/integrations/whatsapp/activity";

const page = (cookie: string, at = path) => markup(at, cookie);

/** The fields of each form that hides something. */
function offers(html: string): { incidents: string; returnTo: string }[] {
  const forms = html.match(/<form[^>]*action="\/incidents\/hide"[\s\S]*?<\/form>/g) ?? [];
  return forms.map((form) => ({
    incidents: /name="incidents" value="([^"]*)"/.exec(form)?.[1] ?? "",
    returnTo: /name="returnTo" value="([^"]*)"/.exec(form)?.[1] ?? "",
  }));
}

async function press(offer: Record<string, string> | undefined, cookie: string): Promise<Response> {
  const answer = await answerOf(hide(call(post("/incidents/hide", offer ?? {}, { cookie }))));
  if (!(answer instanceof Response)) throw new Error("no answer");
  return answer;
}

const cookieSet = (answer: Response) => (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

describe("what needs somebody", () => {
  test("is told once for each cause, whatever the number of numbers", async () => {
    await broken("token_rejected", "+525512345678");
    await broken("token_rejected", "+525587654321");
    await broken("account_disabled", "+525511112222", "2026-11-20T11:00:00Z");
    const html = await page(demo.ana);
    expect(html).toContain(`2 numbers: ${titleOf("token_rejected")}`);
    expect(html).toMatch(new RegExp(`\\+52 55 1111 2222</span>: ${titleOf("account_disabled")}`));
    expect(offers(html)).toHaveLength(2);
  });

  test("is left to a number's own page where it is that number's alone", async () => {
    const own = await broken("token_rejected", "+525512345678");
    const place = (id: string) => `/settings/integrations/whatsapp/numbers/${id}`;
    expect(offers(await page(demo.ana, place(own)))).toEqual([]);
    const other = await broken("account_disabled", "+525511112222", "2026-11-20T11:00:00Z");
    expect(offers(await page(demo.ana, place(own)))).toHaveLength(1);
    await broken("account_disabled", "+525587654321");
    expect(await page(demo.ana, place(other))).toContain(`2 numbers: ${titleOf("account_disabled")}`);
    expect(offers(await page(demo.ana, "/settings/integrations"))).toEqual([]);
  });

  test("tells a member whom to ask, and an admin nothing of the kind", async () => {
    await broken("token_rejected", "+525512345678");
    expect(await page(demo.ana)).not.toContain(words.askAdmin);
    const html = await page(demo.leo);
    expect(html).toContain(words.askAdmin);
    expect(html).toContain('href="mailto:ana%40luz.example"');
    expect(html).not.toContain("eva@norte.example");
  });
});

describe("hidden by one person", () => {
  test("it is gone for them alone, from the page where they were, and nothing else with it", async () => {
    await broken("token_rejected", "+525512345678");
    await broken("account_disabled", "+525511112222", "2026-11-20T11:00:00Z");
    const [first] = offers(await page(demo.ana));
    const answer = await press(first, demo.ana);
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe(path);
    for (const part of ["HttpOnly", "Secure", "SameSite=Lax", "Max-Age=86400"])
      expect(answer.headers.get("set-cookie")).toContain(part);
    const hidden = cookieSet(answer);
    const html = await page(`${demo.ana}; ${hidden}`);
    expect(html).not.toContain(titleOf("token_rejected"));
    expect(html).toContain(titleOf("account_disabled"));
    // The next person at the same browser.
    expect(await page(`${demo.leo}; ${hidden}`)).toContain(titleOf("token_rejected"));
  });

  test("one after the other, both stay hidden", async () => {
    await broken("token_rejected", "+525512345678");
    await broken("account_disabled", "+525511112222", "2026-11-20T11:00:00Z");
    const [first, second] = offers(await page(demo.ana));
    const once = cookieSet(await press(first, demo.ana));
    const twice = cookieSet(await press(second, `${demo.ana}; ${once}`));
    expect(offers(await page(`${demo.ana}; ${twice}`))).toEqual([]);
  });

  test("it comes back after a day", async () => {
    await broken("token_rejected", "+525512345678");
    const hidden = cookieSet(await press(offers(await page(demo.ana))[0], demo.ana));
    const inHours = (hours: number) => ({
      integrations: {
        ...demo.stage.services.integrations,
        now: () => new Date(Date.now() + hours * 3_600_000),
      },
    });
    demo.stage.setUp(inHours(23));
    expect(offers(await page(`${demo.ana}; ${hidden}`))).toEqual([]);
    demo.stage.setUp(inHours(25));
    expect(offers(await page(`${demo.ana}; ${hidden}`))).toHaveLength(1);
  });

  test("it comes back with the next incident of the same number", async () => {
    const id = await broken("token_rejected", "+525512345678");
    const hidden = cookieSet(await press(offers(await page(demo.ana))[0], demo.ana));
    const error = JSON.stringify({ code: "token_rejected", at: "2026-11-21T08:00:00Z" });
    await sql(
      "update channel_connections set metadata = jsonb_build_object('error', $2::jsonb) where id = $1",
      [id, error],
    );
    expect(offers(await page(`${demo.ana}; ${hidden}`))).toHaveLength(1);
  });

  test("a forged cookie or form hides nothing of it, and leads to no other site", async () => {
    await broken("token_rejected", "+525512345678");
    const [offer] = offers(await page(demo.ana));
    const later = Math.floor(Date.now() / 1000) + 999_999;
    for (const value of [`${offer?.incidents}:${later.toString(36)}`, `${offer?.incidents}`, "%00;;.:.:"]) {
      expect(offers(await page(`${demo.ana}; curbe_hidden=${value}`))).toHaveLength(1);
    }
    const answer = await press({ incidents: "<b>.x", returnTo: "https://evil.example/" }, demo.ana);
    expect(answer.headers.get("location")).toBe("/");
    expect(cookieSet(answer)).toBe("curbe_hidden=");
    expect((await press(offer, "")).headers.get("location")).toMatch(/^\/login/);
  });
});
