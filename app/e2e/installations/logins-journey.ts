/** What a product under logins of its own is tried with, on whatever PostgreSQL. */
import { expect } from "@playwright/test";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import type { TwoWebs } from "../product/two-webs.ts";
import { connect, connectedPlace, read, somebody } from "../two-webs/connect-by-http.ts";

/** Connects a number, receives a message and shows it, in one workspace and not in another; looks who came in. */
export async function journeyUnderLogins(product: TwoWebs): Promise<void> {
  const [ana, eva] = [await somebody(product), await somebody(product)];
  expect(await connect(product, ana, { businessId: BUSINESS_IDS.luz })).toBe(connectedPlace);
  const deliveries = () =>
    product.sql("select metadata->'deliveries'->>'state' as state from channel_connections");
  await expect.poll(deliveries, { intervals: [20] }).toEqual([{ state: "on" }]);
  const sender = { phone: "525587654321", name: "Marta Ríos" };
  await product.control("/messages", { phoneNumberId: NUMBER_IDS.luz, text: "Buenas tardes", sender });
  await expect.poll(() => read(ana, "/conversations", 0), { intervals: [50] }).toContain("Marta Ríos");
  expect(await read(eva, "/conversations", 1)).not.toContain("Marta");

  const rows = await product.sql<{ login: string; parts: string }>(
    `select split_part(usename, '_', -1) as login, string_agg(distinct application_name, ' ' order by application_name) as parts
       from pg_stat_activity where datname = current_database() and application_name ~ '^curbe-(web|worker|live|op)'
      group by usename order by 1`,
  );
  expect(rows.map(({ login }) => login)).toEqual(["web", "worker"]);
  expect(rows[1]?.parts).not.toMatch(/curbe-(web|live)/);
  expect(rows[0]?.parts).not.toMatch(/curbe-worker/);
}
