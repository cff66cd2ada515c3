/** The built product, asked for every address with text that databases cannot take. Forms: app/web/http/input-sweep.db.test.ts. */
import { expect } from "@playwright/test";
import { byTier } from "../../../db/testing/tier.ts";
import { hostileTexts } from "../../web/testing/hostile-texts.ts";
import { pathOf, routeParameters } from "../../web/testing/route-parameters.ts";
import { product } from "../product/journeys.ts";
import { createVisitor } from "../product/visitor.ts";
import { visitorNamed } from "./flows.ts";
import { origin, test } from "./journey.ts";

/** In an ordinary run each address meets one text in so many, and each text one address in so many. */
const stride = byTier(18, 1);
const usual: Record<string, string> = { channel: "whatsapp", id: "1", code: "0".repeat(32) };

test("no address fails, whatever stands in it", async () => {
  test.setTimeout(240_000);
  const anybody = createVisitor([origin()], origin());
  const staff = await visitorNamed("ops@curbe.example");
  expect((await staff.get("/operations", 0)).status).toBe(200);
  const before = product().lines.length;
  let asked = 0;
  const askedBy = { anybody: 0, staff: 0 };
  for (const [place, route] of routeParameters().entries()) {
    // A stream of events does not end; with `check` it does not begin.
    const rest = route.id === "events" ? "&check" : "";
    const at = (params: Record<string, string>) =>
      `/${pathOf(route.id === "_index" ? "" : route.id).replace(/:(\w+)|\*/g, (_all, name = "id") => params[name] ?? usual[name] ?? "")}`;
    for (const [index, { inAddress }] of hostileTexts.entries()) {
      if ((index + place) % stride !== 0) continue;
      const visitor = Math.floor((index + place) / stride) % 3 === 0 ? anybody : staff;
      askedBy[visitor === staff ? "staff" : "anybody"] += 1;
      const query = [...route.names, "made_up"].map((name) => `${name}=${inAddress}`).join("&");
      const params = route.params.map((param) => at({ [param]: inAddress || "%00" }) + (rest && `?${rest}`));
      for (const address of [`${at({})}?${query}${rest}`, ...params]) {
        const answer = await visitor.get(address, 0);
        asked += 1;
        expect(answer.status, address.slice(0, 300)).toBeLessThan(500);
        expect(await answer.text(), address.slice(0, 300)).not.toMatch(/\n\s+at .+:\d+:\d+|invalid byte/);
      }
    }
  }
  expect(asked).toBeGreaterThan(byTier(150, 3_000));
  // Two thirds by those to whom every page opens.
  expect(askedBy.staff).toBeGreaterThan(askedBy.anybody);
  const log = product().lines.slice(before).join("\n");
  expect(log).not.toMatch(/"code":"(?:22|42|08)\w{3}"|invalid byte sequence|out of range for type/);
});
