/** Structure-aware fuzz of what becomes of a delivery, against PostgreSQL (R17 of the reliability scoreboard). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fuzzedBody, tellBriefly } from "#app/integrations/meta/testing/webhook-fuzz-bodies.ts";
import { canary } from "#app/integrations/meta/testing/webhook-fuzz-spoil.ts";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { cases, testSeed } from "#db/testing/generated.ts";
import { inboxStage } from "./inbox-stage.ts";

const { inbox, startAfresh, sql, deliverAll, processIds, count } = inboxStage();

const stored = () =>
  sql(`select provider_message_id, direction, type, status, body, content, occurred_at, sent_at, delivered_at,
    read_at, played_at, failed_at, error, conversation_id, tenant_id from messages order by provider_message_id`);

describe("R17 fuzz of storing", () => {
  test("R17 spoiled bodies in jobs of 20: nothing thrown, every delivery closed, a good neighbour stored, again adds nothing", async () => {
    const seen = { bodies: 0, messages: 0, aside: 0, failed: 0, slowest: 0 };
    const jobs = fc.array(fuzzedBody, { minLength: 20, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(jobs, async (bodies) => {
        const good = meta.bodyOf({ messages: [meta.textMessage(`wamid.good.${seen.bodies}`)] });
        const job = [...bodies.slice(0, 10), good, ...bodies.slice(10)];
        const started = performance.now();
        const report = await processIds(await deliverAll(job));
        seen.slowest = Math.max(seen.slowest, performance.now() - started);
        expect(report.outcomes).toHaveLength(job.length);
        expect(await count("webhook_deliveries where processed_at is null")).toBe(0);
        expect(await count(`messages where provider_message_id = 'wamid.good.${seen.bodies}'`)).toBe(1);

        const before = await stored();
        await processIds(await deliverAll(job));
        expect(await stored()).toEqual(before);
        seen.bodies += bodies.length;
        seen.messages += before.length;
        seen.aside += report.quarantined.length;
        seen.failed += report.quarantined.filter((reason) => reason === "failed").length;
        await startAfresh();
      }),
      // Twenty bodies are quicker to look through than to shrink over a inbox.database.
      { ...cases(10, 150), endOnFailure: true, reporter: tellBriefly },
    );
    expect(seen.messages).toBeGreaterThan(seen.bodies / 4);
    expect(seen.aside).toBeGreaterThan(seen.bodies / 20);
    // What our own code took and the database then refused: a gap between the two.
    expect(seen.failed).toBe(0);
    console.log(
      `R17 storing: seed ${testSeed}, ${seen.bodies} bodies, ${seen.messages} messages, ${seen.aside} set aside, slowest job of 20 ${seen.slowest.toFixed(0)} ms`,
    );
  });

  test("R17 what is logged and kept of a problem holds nothing of the body", async () => {
    const bodies = fc.sample(fuzzedBody, { numRuns: 200, seed: testSeed + 1 });
    expect(bodies.filter((body) => Buffer.from(body).includes(canary)).length).toBeGreaterThan(100);
    await processIds(await deliverAll(bodies));
    expect(inbox.deps.lines.length).toBeGreaterThan(10);
    expect(JSON.stringify(inbox.deps.lines)).not.toContain(canary);
    const aside = await sql<{ item_path: string; detail: string }>(
      "select item_path, detail from delivery_quarantine",
    );
    expect(aside.length).toBeGreaterThan(10);
    expect(JSON.stringify(aside)).not.toContain(canary);
  });
});
