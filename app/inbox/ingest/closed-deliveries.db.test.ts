/** Each delivery is closed once, whatever it holds; what cannot be read of it is kept in quarantine. */
import { describe, expect, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { hostileBodies } from "#app/integrations/meta/whatsapp/webhook/testing/hostile-bodies.ts";
import { widenProvider } from "#db/testing/second-provider.ts";
import { inboxStage } from "../testing/inbox-stage.ts";
import { connectWorkspace } from "../testing/test-workspaces.ts";
import { giveUpDeliveries } from "./ingest.server.ts";

const { inbox, sql, deliver, processIds, process, count, quarantined } = inboxStage();

describe("a delivery", () => {
  test("of a thousand updates for twenty workspaces reaches them all", async () => {
    const numbers = Array.from({ length: 20 }, (_, n) => `55500000000000${n}`);
    const owners = await Promise.all(numbers.map((number) => connectWorkspace(inbox.database, number)));
    const entries = numbers.map((number, w) =>
      meta.entry(
        meta.change(
          {
            messages: Array.from({ length: 50 }, (_, n) =>
              meta.textMessage(`wamid.${w}.${n}`, `346${n % 10}`),
            ),
          },
          number,
        ),
      ),
    );
    const id = await deliver(meta.body(...entries));
    await processIds([id]);
    const rows = await sql<{ tenant_id: string; n: number; wrong: number }>(
      `select tenant_id, count(*)::int as n,
              count(*) filter (where provider_message_id not like 'wamid.' || array_position($1::uuid[], tenant_id) - 1 || '.%')::int as wrong
         from messages group by 1`,
      [owners.map(({ tenantId }) => tenantId)],
    );
    expect(rows).toHaveLength(20);
    expect(rows.every(({ n, wrong }) => n === 50 && wrong === 0)).toBe(true);
    expect(await count("conversations")).toBe(200);
  });

  test("of a thousand updates with seven poisoned ones has 993 effects and seven places in quarantine", async () => {
    const poison: Record<number, unknown> = {
      3: null,
      77: [],
      200: { ...meta.textMessage("wamid.P3"), timestamp: "soon" },
      401: { ...meta.textMessage("wamid.P4"), from: undefined },
      640: meta.textMessage(""),
      801: { ...meta.textMessage("wamid.P6"), type: 7 },
      999: "text",
    };
    const all = Array.from({ length: 1_000 }, (_, n) =>
      n in poison ? poison[n] : meta.textMessage(`wamid.${n}`, `34${n % 40}`),
    );
    const body = meta.bodyOf({ messages: all });
    for (let delivery = 1; delivery <= 4; delivery++) {
      const report = await process(body);
      expect(report).toEqual({ outcomes: ["quarantined"], quarantined: Array(7).fill("unreadable") });
      expect(await count("messages")).toBe(993);
    }
    const places = await sql("select item_path from delivery_quarantine where delivery_id = 1 order by id");
    expect(places.map(({ item_path }) => item_path).sort()).toEqual(
      Object.keys(poison)
        .map((n) => `entry.0.changes.0.messages.${n}`)
        .sort(),
    );
  });

  test.each(Object.entries(hostileBodies))("%s is closed and kept", async (name, bytes) => {
    // Nothing of the others is readable.
    const readable: Record<string, string> = {
      "a type that is a method": "processed",
      "keys of the prototype": "ignored",
    };
    const outcome = readable[name] ?? "quarantined";
    expect((await process(bytes)).outcomes).toEqual([outcome]);
    const kept = await sql<{ outcome: string; body: Buffer }>("select outcome, body from webhook_deliveries");
    expect(kept).toEqual([{ outcome, body: Buffer.from(bytes) }]);
    expect(((await count("delivery_quarantine")) ?? 0) > 0).toBe(outcome === "quarantined");
  });

  test("with nothing for us is ignored, the dashboard's test included", async () => {
    expect(await process(meta.dashboardTest, meta.body(), { object: "page", entry: [] })).toEqual({
      outcomes: ["ignored", "ignored", "ignored"],
      quarantined: [],
      ignored: ["dashboard_test", "object"],
    });
    expect([await count("contacts"), await count("delivery_quarantine")]).toEqual([0, 0]);
  });

  test("that is processed is not processed again", async () => {
    const id = await deliver(meta.bodyOf({ messages: [meta.textMessage("wamid.A")] }));
    expect((await processIds([id])).outcomes).toEqual(["processed"]);
    expect((await processIds([id, "999999"])).outcomes).toEqual([]);
  });

  test("of a channel that nobody reads is set aside", async () => {
    await widenProvider(inbox.database, "pigeon");
    const id = await deliver({});
    await sql("update webhook_deliveries set provider = 'pigeon'");
    expect(await processIds([id])).toEqual({
      outcomes: ["quarantined"],
      quarantined: ["unreadable"],
    });
  });

  test("given up is closed as failed with the whole body in quarantine, once", async () => {
    const id = await deliver(meta.body());
    expect((await giveUpDeliveries(inbox.deps, [id])).outcomes).toEqual(["failed"]);
    expect((await giveUpDeliveries(inbox.deps, [id])).outcomes).toEqual([]);
    expect(await quarantined()).toMatchObject([{ item_path: "body", reason: "failed" }]);
    expect(await sql("select outcome from webhook_deliveries")).toEqual([{ outcome: "failed" }]);
  });
});
