/** Each item reaches the workspace that owned its number when it was received, and no other. */
import { describe, expect, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { inboxStage, luzNumber, norteNumber } from "../testing/inbox-stage.ts";
import { connectWorkspace } from "../testing/test-workspaces.ts";

const { inbox, sql, deliver, deliverAll, processIds, process, messages, quarantined } = inboxStage();

describe("routing", () => {
  test("sends each entry of one body to the workspace that owns its number", async () => {
    await process(
      meta.body(
        meta.entry(meta.change({ messages: [meta.textMessage("wamid.L")] }, luzNumber)),
        meta.entry(
          meta.change({ messages: [meta.textMessage("wamid.N")] }, norteNumber),
          meta.change({ statuses: [meta.status("wamid.S", "sent")] }, norteNumber),
        ),
      ),
    );
    expect(await sql("select provider_message_id, tenant_id from messages order by 1")).toEqual([
      { provider_message_id: "wamid.L", tenant_id: inbox.luz.tenantId },
      { provider_message_id: "wamid.N", tenant_id: inbox.norte.tenantId },
      { provider_message_id: "wamid.S", tenant_id: inbox.norte.tenantId },
    ]);
  });

  test("asks who owned the number when the delivery was received, to the microsecond", async () => {
    const moved = "888000111222333";
    const handover = "2026-03-01T12:00:00.123456Z";
    const before = await connectWorkspace(inbox.database, moved, { until: handover });
    const after = await connectWorkspace(inbox.database, moved, { since: handover });
    const times = ["2026-03-01T12:00:00.123455Z", handover];
    const bodies = times.map((time) => meta.bodyOf({ messages: [meta.textMessage(`wamid.${time}`)] }, moved));
    await processIds(await deliverAll(bodies, times));
    expect(await sql("select tenant_id from messages order by delivery_id")).toEqual([
      { tenant_id: before.tenantId },
      { tenant_id: after.tenantId },
    ]);
  });

  test("ends at the moment a number was let go, when nobody has it after", async () => {
    const letGo = "888000111222444";
    await connectWorkspace(inbox.database, letGo, { until: "2026-03-01T12:00:00Z" });
    const id = await deliver(
      meta.bodyOf({ messages: [meta.textMessage("wamid.1")] }, letGo),
      "2026-03-01T12:00:00Z",
    );
    expect((await processIds([id])).quarantined).toEqual(["unknown_number"]);
  });

  test("to nobody sets every item aside and warns once, under the delivery's request id", async () => {
    const unknown = "999000111222333";
    const value = { messages: [meta.textMessage("wamid.1"), meta.textMessage("wamid.2")] };
    await process(
      meta.body(
        meta.entry(meta.change(value, unknown), meta.change({ messages: [meta.textMessage("wamid.3")] })),
      ),
    );
    expect(await quarantined()).toMatchObject([
      {
        item_path: "entry.0.changes.0.messages.0",
        reason: "unknown_number",
        phone_number_id: unknown,
        delivery_id: "1",
      },
      {
        item_path: "entry.0.changes.0.messages.1",
        reason: "unknown_number",
        phone_number_id: unknown,
        delivery_id: "1",
      },
    ]);
    expect(inbox.deps.lines).toEqual([
      expect.objectContaining({
        level: "warn",
        request_id: "request-1",
        delivery_id: "1",
        phone_number_id: unknown,
        count: 2,
      }),
    ]);
    expect(await messages()).toMatchObject([{ provider_message_id: "wamid.3" }]);
    expect(await sql("select outcome from webhook_deliveries")).toEqual([{ outcome: "quarantined" }]);
  });

  test("never lets a message cross to another workspace, whoever speaks of it", async () => {
    await process(
      meta.bodyOf({ messages: [meta.textMessage("wamid.IN")] }),
      meta.bodyOf({ statuses: [meta.status("wamid.OUT", "sent")] }),
    );
    const before = await messages();
    const value = { messages: [meta.textMessage("wamid.IN")], statuses: [meta.status("wamid.OUT", "read")] };
    expect(await process(meta.bodyOf(value, norteNumber))).toEqual({
      outcomes: ["quarantined"],
      quarantined: ["conflict", "conflict"],
    });
    expect(await messages()).toEqual(before);
    expect(await sql("select from contacts where tenant_id = $1", [inbox.norte.tenantId])).toEqual([]);
  });

  test("gives an id that two workspaces claim in one body to the first", async () => {
    const value = { messages: [meta.textMessage("wamid.X")] };
    await process(meta.body(meta.entry(meta.change(value, luzNumber), meta.change(value, norteNumber))));
    expect(await messages()).toMatchObject([{ tenant_id: inbox.luz.tenantId }]);
    expect(await quarantined()).toMatchObject([
      { reason: "conflict", item_path: "entry.0.changes.1.messages.0" },
    ]);
  });
});
