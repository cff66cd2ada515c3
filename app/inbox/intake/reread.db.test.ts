/** What an earlier build passed by, given to the build that can read it: once, whoever asks. */
import { beforeEach, describe, expect, test } from "vitest";
import type { ChannelWebhook, DeliveryReading } from "#app/integrations/channel-events.server.ts";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { agentEcho, standby } from "#app/integrations/meta/whatsapp/webhook/testing/sender-fixtures.ts";
import { whatsappWebhook } from "#app/integrations/meta/whatsapp/webhook/webhook.server.ts";
import { processDeliveries } from "../ingest/ingest.server.ts";
import { inboxStage } from "../testing/inbox-stage.ts";
import { rereadDeliveries } from "./reread.server.ts";

const { inbox, sql, deliver, count, quarantined } = inboxStage();

/** As a build would that knows messages and statuses of the field `messages` alone. */
const earlierReader: ChannelWebhook = {
  channel: "meta_whatsapp",
  reads: new Set(["messages", "statuses"]),
  read(bytes): DeliveryReading {
    const { events, problems } = whatsappWebhook.read(bytes);
    const fieldOf = (path: string) => {
      const [, entry, , change] = path.split(".");
      return JSON.parse(Buffer.from(bytes).toString()).entry[Number(entry)].changes[Number(change)].field;
    };
    return {
      problems,
      events: events.map((event) =>
        fieldOf(event.path) === "messages"
          ? event
          : {
              kind: "other",
              path: event.path,
              phoneNumberId: event.phoneNumberId,
              field: fieldOf(event.path),
            },
      ),
    };
  },
};

const earlier = () => ({ ...inbox.deps, readers: { meta_whatsapp: earlierReader } });
const process = async (deps: typeof inbox.deps) =>
  processDeliveries(
    deps,
    (await sql<{ id: string }>("select id from webhook_deliveries where processed_at is null")).map(
      ({ id }) => id,
    ),
  );
const notes = () =>
  sql("select outcome, ignored_fields, reopened_at is not null as again from webhook_deliveries order by id");
const waiting = () => count("graphile_worker.jobs where task_identifier = 'process_deliveries'");

const missed = (id: string) =>
  meta.body(
    meta.entry(
      standby({ messages: [meta.textMessage(id)], message_echoes: [agentEcho(`${id}.answer`, "Hola")] }),
    ),
  );

beforeEach(() => sql("delete from graphile_worker._private_jobs"));

describe("what an earlier build passed by", () => {
  test("is noted, and becomes messages once another build reads it", async () => {
    await deliver(missed("wamid.1"));
    const both = meta.entry(
      meta.change({ messages: [meta.textMessage("wamid.2")], errors: [{ code: 1 }] }),
      standby({ messages: [meta.textMessage("wamid.3")] }),
    );
    await deliver(meta.body(both));
    await deliver(meta.bodyOf({}, meta.phoneNumberId, "a_field_of_the_future"));
    expect(await process(earlier())).toMatchObject({ outcomes: ["ignored", "processed", "ignored"] });
    expect(await notes()).toEqual([
      { outcome: "ignored", ignored_fields: ["standby"], again: false },
      { outcome: "processed", ignored_fields: ["errors", "standby"], again: false },
      { outcome: "ignored", ignored_fields: ["a_field_of_the_future"], again: false },
    ]);
    expect(await rereadDeliveries(earlier())).toBe(0);

    expect(await rereadDeliveries(inbox.deps)).toBe(2);
    expect(await waiting()).toBeGreaterThan(0);
    expect(await process(inbox.deps)).toMatchObject({
      outcomes: ["processed", "processed"],
      quarantined: [],
    });
    expect(await sql("select provider_message_id as id, sent_by from messages order by 1")).toEqual([
      { id: "wamid.1", sent_by: null },
      { id: "wamid.1.answer", sent_by: "agent" },
      { id: "wamid.2", sent_by: null },
      { id: "wamid.3", sent_by: null },
    ]);
    expect(await notes()).toEqual([
      { outcome: "processed", ignored_fields: null, again: true },
      { outcome: "processed", ignored_fields: ["errors"], again: true },
      { outcome: "ignored", ignored_fields: ["a_field_of_the_future"], again: false },
    ]);
    expect(await rereadDeliveries(inbox.deps)).toBe(0);
    expect(await quarantined()).toEqual([]);
  });

  test("is opened once by workers that start together, and all of it, part by part", async () => {
    for (let n = 0; n < 5; n++) await deliver(missed(`wamid.${n}`));
    await process(earlier());
    const opened = await Promise.all([1, 2, 3].map(() => rereadDeliveries(inbox.deps, { most: 5 })));
    expect(opened.toSorted()).toEqual([0, 0, 5]);
    expect(await process(inbox.deps)).toMatchObject({ outcomes: Array(5).fill("processed") });
    expect(await rereadDeliveries(inbox.deps)).toBe(0);
    expect(await count("messages")).toBe(10);

    await sql("update webhook_deliveries set ignored_fields = '{standby}'");
    expect(await rereadDeliveries(inbox.deps, { most: 4 })).toBe(5);
    await process(inbox.deps);
    expect(await count("messages")).toBe(10);
  });

  test("before that was noted is read again once, whatever it is", async () => {
    await deliver(missed("wamid.1"));
    await deliver(meta.bodyOf({}, meta.phoneNumberId, "a_field_of_the_future"));
    await deliver(meta.body());
    await process(earlier());
    // However often it was tried by then, and whenever the next try was to be.
    await sql(
      "update webhook_deliveries set ignored_fields = null, attempts = 6, retry_at = now() + interval '1 day'",
    );
    expect(await rereadDeliveries(inbox.deps)).toBe(3);
    expect(
      await sql("select distinct attempts, retry_at, outcome, processed_at from webhook_deliveries"),
    ).toEqual([{ attempts: 0, retry_at: null, outcome: null, processed_at: null }]);
    await process(inbox.deps);
    expect(await notes()).toMatchObject([
      { outcome: "processed", ignored_fields: null },
      { outcome: "ignored", ignored_fields: ["a_field_of_the_future"] },
      { outcome: "ignored", ignored_fields: [] },
    ]);
    expect(await rereadDeliveries(inbox.deps)).toBe(0);
  });

  test("is opened once also where there is nothing in it for any build", async () => {
    await deliver(meta.bodyOf({}, meta.phoneNumberId, "standby"));
    await process(earlier());
    expect(await notes()).toMatchObject([{ outcome: "ignored", ignored_fields: ["standby"] }]);
    expect(await rereadDeliveries(inbox.deps)).toBe(1);
    await process(inbox.deps);
    expect(await notes()).toMatchObject([{ outcome: "ignored", ignored_fields: [] }]);
    expect(await rereadDeliveries(inbox.deps)).toBe(0);
  });

  test("of names without end keeps the first of them", async () => {
    const parts = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`part_${n}`, n]));
    await deliver(meta.bodyOf(parts));
    await process(inbox.deps);
    const [note] = await sql<{ ignored_fields: string[] }>("select ignored_fields from webhook_deliveries");
    expect(note?.ignored_fields).toHaveLength(20);
  });

  test("waits while somebody holds it, and costs nothing when the process is to end", async () => {
    await deliver(missed("wamid.1"));
    await process(earlier());
    expect(await rereadDeliveries(inbox.deps, { isStopping: () => true })).toBe(0);
    await inbox.database
      .as("app_ingest")
      .transaction()
      .execute(async (trx) => {
        await trx.selectFrom("webhook_deliveries").select("id").forNoKeyUpdate().execute();
        expect(await rereadDeliveries(inbox.deps)).toBe(0);
      });
    expect(await rereadDeliveries(inbox.deps)).toBe(1);
  });
});
