import { describe, expect, test } from "vitest";
import { activityWords } from "../../components/connect/activity-words.ts";
import { type ActivityReader, listActivity } from "../../integrations/connection/activity.server.ts";
import { wholeActivity } from "../../integrations/connection/activity-filter.ts";
import { loader } from "../../routes/settings.integrations_.$channel.activity.tsx";
import { english as texts } from "../../texts/en/index.ts";
import { connectFlows } from "../testing/connect-flows.ts";
import { callRoute } from "../testing/product.ts";

const { flow, ask, begin, comeBack, connect, leave } = connectFlows();
const activity = (reader: ActivityReader, before: string | null = null, filter = wholeActivity) =>
  listActivity(flow.product.services.integrations, reader, "meta_whatsapp", { filter, before });

describe("the activity of a workspace", () => {
  test("tells who did what, newest first, with the request's id", async () => {
    const { state } = await begin(flow.ana);
    await comeBack(flow.ana, { state, error: "access_denied" });
    await connect(flow.ana);
    await leave(flow.ana);
    const { items, older } = await activity(flow.ana);
    expect(older).toBeNull();
    expect(items.map(({ kind, reason, stoppedAt }) => [kind, reason, stoppedAt])).toEqual([
      ["disconnected", null, null],
      ["connected", null, null],
      ["connect_failed", "cancelled", "code_exchanged"],
    ]);
    for (const item of items) {
      expect(item.actor).toBe(`${flow.ana.userId}@example.test`);
      expect(item.requestId).toMatch(/^[\w-]{8,64}$/);
      expect(Object.keys(activityWords(texts, "meta_whatsapp"))).toContain(item.kind);
    }
    expect(items[1]?.phoneNumber).toBe("+52 55 1234 5678");
  });

  test("says at which step an attempt stopped, where somebody kept it", async () => {
    await flow.product.database.sql(
      `insert into connection_events (tenant_id, provider, kind, detail)
       select $1, 'meta_whatsapp', 'connect_failed', detail::jsonb from unnest($2::text[]) as detail`,
      [
        flow.ana.tenantId,
        [
          '{"reason": "no_number", "steps": {"state_checked": {"result": "done", "at": "2026-11-20T10:00:00Z"}, "code_exchanged": {"result": "failed", "at": "2026-11-20T10:00:01Z", "code": "code_rejected"}}}',
          '{"reason": "no_number"}',
          '{"reason": "no_number", "steps": "of the future"}',
        ],
      ],
    );
    const { items } = await activity(flow.ana);
    expect(items.map(({ stoppedAt }) => stoppedAt)).toEqual([null, null, "code_exchanged"]);
  });

  test("is nobody else's, and names nobody of another workspace", async () => {
    await connect(flow.ana);
    const eva = await flow.product.person();
    expect((await activity(eva)).items).toEqual([]);
    // An actor who is no member (any more) is not named.
    await flow.product.database.sql("update connection_events set actor_user_id = $1", [eva.userId]);
    expect((await activity(flow.ana)).items[0]).toMatchObject({ actor: null, byPerson: true });
  });

  test("comes fifty at a time", async () => {
    await flow.product.database.sql(
      `insert into connection_events (tenant_id, provider, kind)
       select $1, 'meta_whatsapp', 'connected' from generate_series(1, 120)`,
      [flow.ana.tenantId],
    );
    const sizes: number[] = [];
    let before: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof activity>> = await activity(flow.ana, before);
      sizes.push(page.items.length);
      before = page.older;
    } while (before !== null);
    expect(sizes).toEqual([50, 50, 20]);
    expect((await activity(flow.ana, "1; drop table")).items).toHaveLength(50);
  });

  test("is a page for signed-in people only", async () => {
    const answer = await callRoute(loader, ask("/settings/integrations/whatsapp/activity"));
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toMatch(/^\/login/);
  });
});
