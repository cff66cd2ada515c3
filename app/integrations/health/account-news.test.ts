import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import { type AccountNews, type AfterNews, afterNews } from "./account-news.server.ts";

const connectedAt = "2026-01-01T12:00:00.400Z";
const working = {
  status: "active" as const,
  access_token_enc: "sealed",
  phone_number_id: "1",
  metadata: { connected_at: connectedAt, deliveries: { state: "on" } } as Record<string, unknown>,
};
type Row = Omit<typeof working, "status"> & { status: AfterNews["status"] };

const at = (seconds: number) => new Date(Date.parse("2026-01-01T12:00:00Z") + seconds * 1000);
const news = (event: string, seconds: number, detail: AccountNews["detail"] = {}): AccountNews => ({
  field: "account_update",
  event,
  detail,
  occurredAt: at(seconds),
});
const ban = (ban_state: string, seconds: number) => news("DISABLED_UPDATE", seconds, { ban_state });

function tell(row: Row, ...all: AccountNews[]): Row & { effects: string[] } {
  const told = { ...row, effects: [] as string[] };
  for (const one of all) {
    const { effect, ...after } = afterNews(told, one);
    Object.assign(told, after);
    told.effects.push(effect);
  }
  return told;
}

describe("a loss", () => {
  test.each([
    [news("PARTNER_REMOVED", 5), "access_removed"],
    [news("PARTNER_APP_UNINSTALLED", 5), "access_removed"],
    [news("ACCOUNT_DELETED", 5), "account_deleted"],
    [news("ACCOUNT_OFFBOARDED", 5), "offboarded"],
    [ban("DISABLE", 5), "account_disabled"],
  ])("%j is the connection's error, with its cause and Meta's time", (one, code) => {
    const row = tell(working, one);
    expect(row).toMatchObject({ status: "error", effects: ["lost"] });
    expect(row.metadata).toMatchObject({
      error: { code, at: at(5).toISOString() },
      deliveries: { state: "on" },
    });
  });

  test("from before the latest connect is over; one of the same second is not", () => {
    expect(tell(working, news("PARTNER_REMOVED", -1))).toEqual({ ...working, effects: ["outdated"] });
    expect(tell(working, news("PARTNER_REMOVED", 0)).status).toBe("error");
    const onTheSecond = { ...working, metadata: { connected_at: at(1).toISOString() } };
    expect(tell(onTheSecond, news("PARTNER_REMOVED", 0)).effects).toEqual(["outdated"]);
    expect(tell(onTheSecond, news("PARTNER_REMOVED", 1)).effects).toEqual(["lost"]);
  });

  test("does not hide a newer cause, and stands when that one ends", () => {
    const row = tell(working, ban("DISABLE", 20), news("ACCOUNT_OFFBOARDED", 10));
    expect(row.metadata.error).toMatchObject({ code: "account_disabled", also: [{ code: "offboarded" }] });
    const later = tell(row, ban("REINSTATE", 30));
    expect(later).toMatchObject({ status: "error", effects: ["regained"] });
    expect(later.metadata.error).toEqual({ code: "offboarded", at: at(10).toISOString() });
  });

  test("does not hide a newer cause that our own check found", () => {
    const error = { code: "token_rejected", at: at(20).toISOString() };
    const refused = { ...working, status: "error" as const, metadata: { ...working.metadata, error } };
    expect(tell(refused, news("PARTNER_REMOVED", 10)).metadata.error).toMatchObject(error);
    expect(tell(refused, news("PARTNER_REMOVED", 30)).metadata.error).toMatchObject({
      code: "access_removed",
    });
  });

  test("that a later check disproved does not come back when Meta repeats it", () => {
    const { error: _, ...proved } = tell(working, news("PARTNER_REMOVED", 5)).metadata;
    const mended = { ...working, metadata: proved };
    expect(tell(mended, news("PARTNER_REMOVED", 5))).toMatchObject({
      status: "active",
      effects: ["outdated"],
    });
    expect(tell(mended, news("PARTNER_REMOVED", 9))).toMatchObject({ status: "error", effects: ["lost"] });
  });
});

describe("a return", () => {
  test("ends its own cause and no other", () => {
    expect(tell(working, news("ACCOUNT_OFFBOARDED", 5), news("ACCOUNT_RECONNECTED", 9))).toMatchObject({
      status: "active",
      effects: ["lost", "regained"],
    });
    const removed = tell(working, news("PARTNER_REMOVED", 5));
    const told = tell(removed, news("ACCOUNT_RECONNECTED", 9), ban("REINSTATE", 9));
    expect(told).toMatchObject({ status: "error", metadata: { error: { code: "access_removed" } } });
  });

  test("leaves no error behind", () => {
    const row = tell(working, ban("DISABLE", 5), ban("REINSTATE", 9));
    expect(row.metadata).not.toHaveProperty("error");
  });

  test("without a token ends nothing: only a person can connect", () => {
    const row = tell({ ...working, access_token_enc: null as never }, ban("DISABLE", 5), ban("REINSTATE", 9));
    expect(row).toMatchObject({ status: "error", metadata: { error: { code: "account_disabled" } } });
  });

  test("that comes before its loss, or in the same second, wins over it", () => {
    const [lost, back] = [news("ACCOUNT_OFFBOARDED", 5), news("ACCOUNT_RECONNECTED", 5)];
    expect(tell(working, back, lost).status).toBe("active");
    expect(tell(working, lost, back, lost).status).toBe("active");
    expect(tell(working, news("ACCOUNT_RECONNECTED", 9), lost).status).toBe("active");
  });
});

describe("the latest word", () => {
  const limits = (seconds: number, max: number): AccountNews => ({
    field: "business_capability_update",
    event: null,
    occurredAt: at(seconds),
    detail: { max_phone_numbers_per_waba: max },
  });

  test.each([
    [{ ...news("THROUGHPUT_UPGRADE", 5), field: "phone_number_quality_update" }, "quality"],
    [
      { ...news("REJECTED", 5, { rejection_reason: "NAME_X" }), field: "phone_number_name_update" },
      "name_status",
    ],
    [limits(5, 20), "limits"],
    [news("ACCOUNT_RESTRICTION", 5, { restriction_types: "RESTRICTED_UTILITY_TEMPLATES" }), "restriction"],
    [news("ACCOUNT_VIOLATION", 5, { violation_type: "SCAM" }), "restriction"],
    [ban("SCHEDULE_FOR_DISABLE", 5), "restriction"],
  ])("%j is kept and changes no status", (one, slot) => {
    const row = tell(working, one);
    expect(row).toMatchObject({ status: "active", effects: ["noted"] });
    expect(row.metadata[slot]).toMatchObject({ ...one.detail, at: at(5).toISOString() });
  });

  test("of a ban that was announced and called off is that it was called off", () => {
    const row = tell(working, ban("SCHEDULE_FOR_DISABLE", 5), ban("REINSTATE", 9));
    expect(row).toMatchObject({ status: "active", metadata: { restriction: { ban_state: "REINSTATE" } } });
    const atOnce = tell(working, ban("REINSTATE", 5), ban("SCHEDULE_FOR_DISABLE", 5));
    expect(atOnce.metadata.restriction).toMatchObject({ ban_state: "REINSTATE" });
  });

  test("on a ban of before the latest connect is not kept", () => {
    expect(tell(working, ban("DISABLE", -1)).metadata).toEqual(working.metadata);
  });

  test("is not replaced by an older one", () => {
    expect(tell(working, limits(9, 20), limits(5, 2)).metadata.limits).toMatchObject({
      max_phone_numbers_per_waba: 20,
    });
  });

  test.each(["PARTNER_ADDED", "PARTNER_APP_INSTALLED"])("%s changes nothing on the row", (event) => {
    expect(tell(working, news(event, 5))).toEqual({ ...working, effects: ["noted"] });
  });
});

test("any order and any repetition of the same news ends in the same state", () => {
  const events = ["PARTNER_REMOVED", "ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED", "ACCOUNT_RECONNECTED"];
  const one = fc.oneof(
    fc.tuple(fc.constantFrom(...events), fc.nat(9)).map(([event, second]) => news(event, second)),
    fc
      .tuple(fc.constantFrom("DISABLE", "REINSTATE", "SCHEDULE_FOR_DISABLE"), fc.nat(9), fc.boolean())
      .map(([state, second, isDated]) => ({
        ...ban(state, second),
        detail: { ban_state: state, ...(isDated ? { ban_date: "June" } : {}) },
      })),
    fc.tuple(fc.constantFrom("RED", "GREEN"), fc.nat(9)).map(([event, second]) => ({
      ...news(event, second),
      field: "phone_number_quality_update",
    })),
  );
  const shown = ({ status, metadata }: Row) => {
    const error = metadata.error as { at: string; also?: object[] } | undefined;
    return {
      status,
      at: error?.at,
      words: [metadata.restriction, metadata.quality],
      codes: JSON.stringify(error ?? null)
        .match(/"code":"\w+"/g)
        ?.sort(),
    };
  };
  fc.assert(
    fc.property(
      fc
        .array(one, { maxLength: 7 })
        .chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2, maxLength: all.length * 2 }),
          ),
        ),
      ([all, again]) => {
        expect(shown(tell(working, ...again))).toEqual(shown(tell(working, ...all)));
      },
    ),
    cases(1_000),
  );
});
