/** What every page keeps: no cache, a nonce, a person signed in, and an answer where there is no page or it fails. */
import { describe, expect, test } from "vitest";
import { pageStage } from "../testing/page-stage.ts";
import { get, post } from "../testing/stage.ts";

const { demo, ask } = pageStage("channel_connections", "contacts");

describe("every page of somebody signed in", () => {
  test.each(["/settings/integrations", "/conversations", "/settings/integrations/whatsapp/manual"])(
    "%s is kept by no cache, has a nonce on each script and one heading",
    async (path) => {
      const answer = await ask(get(path, demo.ana));
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      const page = await answer.text();
      expect(page.match(/<h1/g)).toHaveLength(1);
      const scripts = [...page.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
      expect(scripts.length).toBeGreaterThan(1);
      for (const tag of scripts) expect(tag).toContain('nonce="the-nonce"');
      expect(page).not.toMatch(/<[^>]+\sstyle=|\son\w+=/);
      expect(page).toContain("Panadería Luz");
    },
  );

  test.each(["/", "/settings/integrations", "/conversations", "/conversations/1"])(
    "%s leads somebody unknown to the sign-in",
    async (path) => {
      const answer = await ask(get(path));
      expect(answer.status).toBe(303);
      expect(answer.headers.get("location")).toMatch(/^\/login/);
    },
  );
});

describe("when there is no page, or it fails", () => {
  test("404 says so, with the request's id, inside and outside", async () => {
    for (const cookie of [demo.ana, undefined]) {
      const request = get("/no/such/page", cookie);
      request.headers.set("x-request-id", "request-to-quote");
      const answer = await ask(request);
      expect(answer.status).toBe(404);
      const page = await answer.text();
      expect(page).toContain("There is no such page");
      expect(page).toContain("request-to-quote");
      expect(page.includes("Panadería Luz")).toBe(cookie !== undefined);
    }
  });

  test("a posted form finds no page there either", async () => {
    expect((await ask(post("/no/such/page", {}))).status).toBe(404);
  });

  test("a failure is a page without its cause", async () => {
    const db = new Proxy(demo.stage.services.db, {
      get: () => {
        throw new Error("CANARY of the inside");
      },
    });
    demo.stage.setUp({ integrations: { ...demo.stage.services.integrations, db } });
    const answer = await ask(get("/settings/integrations", demo.ana));
    expect(answer.status).toBe(500);
    const page = await answer.text();
    expect(page).toContain("Something failed on our side");
    expect(page).not.toContain("CANARY");
  });

  test("a database that is away is 503 with a time to come back", async () => {
    const db = new Proxy(demo.stage.services.db, {
      get: () => {
        throw Object.assign(new Error("away"), { code: "ECONNREFUSED" });
      },
    });
    demo.stage.setUp({ integrations: { ...demo.stage.services.integrations, db } });
    const answer = await ask(get("/settings/integrations", demo.ana));
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("5");
  });
});
