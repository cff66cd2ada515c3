import { describe, expect, test } from "vitest";
import { eventKinds } from "#db/queries/connections/event-kinds.ts";
import { activityWords } from "../../components/connect/activity-words.ts";
import { exportActivity, listActivity } from "../../integrations/connection/activity.server.ts";
import {
  type ActivityFilter,
  activityGroups,
  kindsIn,
  wholeActivity,
} from "../../integrations/connection/activity-filter.ts";
import { loader as csv } from "../../routes/settings.integrations_.$channel.activity[.]csv.ts";
import { english as texts } from "../../texts/en/index.ts";
import { spanish } from "../../texts/es/index.ts";
import { pageTexts } from "../../texts/pages.ts";
import { readQuery } from "../http/input.server.ts";
import { connectFlows } from "../testing/connect-flows.ts";
import { callRoute, type TestPerson } from "../testing/product.ts";
import { readActivityFilter, writeActivityFilter } from "./activity.server.ts";

const { flow, ask, connect } = connectFlows();

interface Given {
  kind: string;
  by?: TestPerson | null;
  connectionId?: string | null;
  daysAgo?: number;
  requestId?: string;
}

async function happened(person: TestPerson, given: Given): Promise<void> {
  const { kind, by = null, connectionId = null, daysAgo = 0, requestId = "request-1" } = given;
  await flow.product.database.sql(
    `insert into connection_events (tenant_id, provider, kind, actor_user_id, connection_id, request_id, created_at)
     values ($1, 'meta_whatsapp', $2, $3, $4, $5, now() - $6 * interval '1 day')`,
    [person.tenantId, kind, by?.userId ?? null, connectionId, requestId, daysAgo],
  );
}

async function kinds(filter: Partial<ActivityFilter>): Promise<string[]> {
  const wanted = { filter: { ...wholeActivity, ...filter }, before: null };
  const { items } = await listActivity(flow.product.services.integrations, flow.ana, "meta_whatsapp", wanted);
  return items.map(({ kind }) => kind);
}

describe("the log narrowed to", () => {
  test("what it is about: every kind belongs to one group, those that nobody knows to Meta's news", async () => {
    const all = [...eventKinds, "a kind of the future"];
    // As a later version's migration has it.
    const { sql } = flow.product.database;
    await sql("alter table connection_events drop constraint connection_events_kind_check");
    for (const kind of all) await happened(flow.ana, { kind });
    const found = [];
    for (const group of activityGroups) found.push(...(await allOf(group)));
    expect(found.toSorted()).toEqual(all.toSorted());
    expect(await allOf("access")).toContain("access_lost");
    expect(await allOf("news")).toContain("a kind of the future");
  });

  test("kinds that exist", () => {
    const known: string[] = [...eventKinds];
    for (const language of [texts, spanish])
      expect(Object.keys(activityWords(language, "meta_whatsapp")).sort()).toEqual(known.toSorted());
    const named = activityGroups.flatMap((group) => {
      const wanted = kindsIn(group);
      return wanted && "only" in wanted ? wanted.only : [];
    });
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((kind) => !known.includes(kind))).toEqual([]);
  });

  test("a person: oneself, the others, nobody", async () => {
    const leo = await flow.product.person(flow.ana.tenantId);
    await happened(flow.ana, { kind: "connected", by: flow.ana });
    await happened(flow.ana, { kind: "disconnected", by: leo });
    await happened(flow.ana, { kind: "access_lost" });
    expect(await kinds({ actor: "me" })).toEqual(["connected"]);
    expect(await kinds({ actor: "others" })).toEqual(["disconnected"]);
    expect(await kinds({ actor: "automatic" })).toEqual(["access_lost"]);
  });

  test("a number of the workspace, by its connection", async () => {
    await connect(flow.ana);
    await happened(flow.ana, { kind: "access_lost" });
    const { numbers } = await listActivity(flow.product.services.integrations, flow.ana, "meta_whatsapp", {
      filter: wholeActivity,
      before: null,
    });
    expect(numbers).toEqual([{ connectionId: expect.any(String), number: "+52 55 1234 5678" }]);
    expect(await kinds({ connectionId: numbers[0]?.connectionId ?? "" })).toEqual(["connected"]);
    expect(await kinds({ connectionId: "00000000-0000-4000-8000-000000000000" })).toEqual([]);
  });

  test("a period of 7, 30 or 90 days", async () => {
    for (const daysAgo of [1, 8, 31, 91]) await happened(flow.ana, { kind: `${daysAgo} days`, daysAgo });
    expect(await kinds({ days: 7 })).toEqual(["1 days"]);
    expect((await kinds({ days: 30 })).toSorted()).toEqual(["1 days", "8 days"]);
    expect((await kinds({ days: 90 })).toSorted()).toEqual(["1 days", "31 days", "8 days"]);
  });

  test("nothing, where the address says what nobody offers", () => {
    const read = (query: string) => readActivityFilter(readQuery(new Request(`http://curbe.test/?${query}`)));
    for (const query of ["", "what=x&number=+5255&who=eva&days=365", "what=connections%20", "days=07"])
      expect(read(query)).toEqual(wholeActivity);
    const whole = "what=news&number=00000000-0000-4000-8000-000000000000&who=others&days=7";
    expect(writeActivityFilter(read(`${whole}&before=7&x=y`))).toBe(whole);
    expect(writeActivityFilter(wholeActivity)).toBe("");
  });
});

async function allOf(group: ActivityFilter["group"]): Promise<string[]> {
  const filter = { ...wholeActivity, group };
  const deps = flow.product.services.integrations;
  const { steps } = await exportActivity(deps, flow.ana, "meta_whatsapp", { filter, most: 1_000 });
  const kinds: string[] = [];
  for await (const items of steps) kinds.push(...items.map(({ kind }) => kind));
  return kinds;
}

describe("the log as a file", () => {
  const path = "/settings/integrations/whatsapp/activity.csv";
  const download = (person?: TestPerson, query = "", init: RequestInit = {}) =>
    callRoute(csv, ask(path + query, person, init));

  test("holds what the page shows, for spreadsheets, in the reader's language and for nobody's cache", async () => {
    await connect(flow.ana);
    const answer = await download(flow.ana);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("content-disposition")).toMatch(
      /^attachment; filename="whatsapp-activity-\d{4}-\d\d-\d\d\.csv"$/,
    );
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [head, row, ...rest] = new TextDecoder().decode(bytes).split("\r\n");
    expect(head).toBe(Object.values(pageTexts(texts).activity.csv.columns).join(","));
    const cells = row?.split(",") ?? [];
    expect(new Date(cells[0] ?? "").toISOString()).toBe(cells[0]);
    expect(cells.slice(1, 5)).toEqual([
      pageTexts(texts).activity.kinds.connected ?? "",
      "connected",
      // A spreadsheet would take the plus sign for a formula.
      "'+52 55 1234 5678",
      `${flow.ana.userId}@example.test`,
    ]);
    expect(cells[5]).toMatch(/^[\w-]{8,64}$/);
    expect(rest).toEqual([""]);
    const inSpanish = await (
      await download(flow.ana, "", { headers: { "accept-language": "es-MX" } })
    ).text();
    expect(inSpanish).toContain(pageTexts(spanish).activity.kinds.connected);
  });

  test("is narrowed like the page", async () => {
    await happened(flow.ana, { kind: "connected", by: flow.ana });
    await happened(flow.ana, { kind: "access_lost", daysAgo: 8 });
    const text = await (await download(flow.ana, "?what=access&days=30&before=1")).text();
    expect(text).toContain(",access_lost,");
    expect(text).not.toContain(",connected,");
    expect(await (await download(flow.ana, "?days=30")).text()).toMatch(/,access_lost,.*,connected,/s);
    expect(await (await download(flow.ana, "?days=7")).text()).not.toContain(",access_lost,");
  });

  test("is no program: what a spreadsheet would run is text", async () => {
    const run = `=HYPERLINK("https://evil.example","x")`;
    await happened(flow.ana, { kind: run, requestId: "@SUM(1)" });
    const text = await (await download(flow.ana)).text();
    expect(text).toContain(`"'=HYPERLINK(""https://evil.example"",""x"")"`);
    expect(text).toContain(",'@SUM(1),");
  });

  test("says in its name when there was no room for all", async () => {
    await flow.product.database.sql(
      `insert into connection_events (tenant_id, provider, kind)
       select $1, 'meta_whatsapp', 'connected' from generate_series(1, 10001)`,
      [flow.ana.tenantId],
    );
    const answer = await download(flow.ana);
    expect(answer.headers.get("content-disposition")).toContain("-newest-10000.csv");
    expect((await answer.text()).split("\r\n")).toHaveLength(10_002);
  });

  test("is written as it is read: one at a time for a person, who is told so, and for nobody else", async () => {
    await flow.product.database.sql(
      `insert into connection_events (tenant_id, provider, kind)
       select $1, 'meta_whatsapp', 'connected' from generate_series(1, 2001)`,
      [flow.ana.tenantId],
    );
    const slow = await download(flow.ana);
    const reader = slow.body?.getReader();
    await reader?.read();
    const second = await download(flow.ana, "", { headers: { "accept-language": "es" } });
    expect(second.status).toBe(429);
    expect(second.headers.get("retry-after")).toBe("5");
    expect(await second.text()).toContain(spanish.errors.tooMany.title);
    const leo = await flow.product.person(flow.ana.tenantId);
    expect((await (await download(leo)).text()).split("\r\n")).toHaveLength(2_003);
    await reader?.cancel();
    const again = await download(flow.ana);
    expect((await again.text()).split("\r\n")).toHaveLength(2_003);
    expect((await download(flow.ana)).status).toBe(200);
  });

  test("is written for no more than two people of a workspace at once", async () => {
    const people = [
      flow.ana,
      await flow.product.person(flow.ana.tenantId),
      await flow.product.person(flow.ana.tenantId),
    ];
    const answers = [];
    for (const person of people) answers.push(await download(person));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect((await download(await flow.product.person())).status).toBe(200);
    for (const answer of answers) await answer.body?.cancel();
  });

  test("is nobody else's", async () => {
    await connect(flow.ana);
    const eva = await flow.product.person();
    expect((await (await download(eva)).text()).split("\r\n")).toHaveLength(2);
    const unknown = await download();
    expect(unknown.status).toBe(303);
    expect(unknown.headers.get("location")).toMatch(/^\/login/);
  });
});
