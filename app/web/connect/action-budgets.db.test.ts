import { describe, expect, test } from "vitest";
import { BUSINESS_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { english } from "../../texts/en/index.ts";
import { spanish } from "../../texts/es/index.ts";
import { api } from "../testing/connect-flows.ts";
import { type Act, browser, graphActs } from "../testing/graph-acts.ts";
import type { TestPerson } from "../testing/product.ts";
import { actionBudgets, type BudgetedAction } from "./action-budgets.server.ts";

const { flow, code, post, get, spent, work, acts, admin } = graphActs();

/** Of those that have no page: an API's caller is answered too. */
const endpoints: BudgetedAction[] = ["start", "callback", "retry_deliveries", "retry_registration"];
const all = Object.keys(actionBudgets) as BudgetedAction[];
/** Nothing is asked of Meta for it, with budget or without. */
const asksNothing: BudgetedAction[] = ["callback"];

async function repeat(act: Act, person: TestPerson, times: number): Promise<Response[]> {
  const answers: Response[] = [];
  for (let done = 0; done < times; done++) {
    answers.push(await act(person));
    await work();
  }
  return answers;
}

const statuses = (answers: Response[]) => answers.map(({ status }) => (status === 429 ? 429 : "done"));

function expectRefusal(answer: Response | undefined): void {
  expect(answer?.status).toBe(429);
  const seconds = Number(answer?.headers.get("retry-after"));
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(3_600);
  expect(answer?.headers.get("cache-control")).toBe("no-store");
}

async function expectWords(
  answer: Response | undefined,
  { errors, integrations }: typeof english,
): Promise<void> {
  expect(answer?.headers.get("content-type")).toMatch(/^text\/html/);
  const page = (await answer?.text()) ?? "";
  const shown = page.replace(/<script[\s\S]*?<\/script>/g, "");
  const { title, nothingLost } = errors.askedTooOften;
  for (const words of [`<h1 tabindex="-1" class="text-xl">${title}`, nothingLost, integrations.steps.againOn])
    expect(shown).toContain(words);
  expect(shown).toMatch(/(Wait|Espera) (a minute|un minuto|\d+ min)/);
  expect(shown).toContain('href="/settings/integrations"');
  expect(shown.match(/<h1/g)).toHaveLength(1);
}

const setCounter = (key: string, points: number) =>
  flow.product.database.sql(
    `insert into login_limits (key, points, expire) values ($1, $2, $3)
       on conflict (key) do update set points = excluded.points, expire = excluded.expire`,
    [key, points, Date.now() + 3_600_000],
  );

test("a person has so many an hour, and a workspace more, but not as many as its people have together", () => {
  const most = Object.fromEntries(all.map((action) => [action, actionBudgets[action].person]));
  const [often, once] = [
    { callback: 60, check: 30, look: 20, choose: 20 },
    { start: 8, manual: 10 },
  ];
  expect(most).toEqual({ ...often, ...once, retry_deliveries: 10, retry_registration: 10 });
  for (const { person, workspace } of Object.values(actionBudgets)) {
    expect(workspace).toBeGreaterThan(person);
    expect(workspace).toBeLessThanOrEqual(2 * person);
  }
});

describe.each(all)("%s", (action) => {
  const { person: most, workspace } = actionBudgets[action];

  test("beyond its budget asks Meta nothing, and says in words how long to wait", async () => {
    const person = await admin();
    const act = await acts[action](person);
    // What it took to come here was paid by the same budget.
    await flow.product.database.sql("delete from login_limits");
    const before = spent();
    const [first] = await repeat(act, person, 1);
    const ofOne = spent() - before;
    expect(first?.status).not.toBe(429);
    if (asksNothing.includes(action)) expect(ofOne).toBe(0);
    else expect(ofOne).toBeGreaterThan(0);
    await repeat(act, person, most - 1);
    const allowed = spent();
    const beyond = await repeat(act, person, 5);
    expect(statuses(beyond)).toEqual(Array(5).fill(429));
    expect(spent()).toBe(allowed);
    for (const answer of beyond) expectRefusal(answer);
    await expectWords(beyond[0], english);
  });

  test("is one person's without being the colleagues', and the workspace's without being another's", async () => {
    const ana = await admin();
    const act = await acts[action](ana);
    await flow.product.database.sql("delete from login_limits");
    await setCounter(`${action}_workspace:${ana.tenantId}`, workspace - 1);
    const leo = await admin(ana.tenantId);
    expect(statuses([await act(ana), await act(leo), await act(ana)])).toEqual(["done", 429, 429]);
    const eva = await admin();
    expect(statuses([await act(eva)])).toEqual(["done"]);
    // Refused for the workspace's sake, it costs the person nothing.
    const [row] = await flow.product.database.sql<{ points: number }>(
      "select points from login_limits where key = $1",
      [`${action}_person:${leo.userId}`],
    );
    expect(row?.points).toBe(0);
  });

  test.runIf(endpoints.includes(action))(
    "answers an API's caller in JSON, and a person in their language",
    async () => {
      const person = await admin();
      for (const [headers, read] of [
        [
          { accept: "application/json" },
          async (answer: Response | undefined) =>
            expect(await answer?.json()).toMatchObject({
              error: "too_many_requests",
              retry_after_seconds: Number(answer?.headers.get("retry-after")),
            }),
        ],
        [
          { ...browser, "accept-language": "es" },
          (answer: Response | undefined) => expectWords(answer, spanish),
        ],
      ] as const) {
        const act = await acts[action](person, headers);
        await setCounter(`${action}_person:${person.userId}`, most);
        const answer = await act(person);
        expectRefusal(answer);
        await read(answer);
      }
    },
  );
});

test("whoever is sent back by Meta is let in, whatever was tried before", async () => {
  const person = await admin();
  const states: string[] = [];
  for (let begun = 0; begun < actionBudgets.start.person; begun++) {
    const answer = await post(person, `${api}/start`);
    states.push(new URL(answer.headers.get("location") ?? "").searchParams.get("state") ?? "");
  }
  const bogus = await acts.callback(person);
  expect(statuses(await repeat(bogus, person, actionBudgets.callback.person + 2)).slice(-2)).toEqual([
    429, 429,
  ]);
  const failures = () =>
    flow.product.database.sql("select from connection_events where kind = 'connect_failed'");
  const told = (await failures()).length;
  expect(told).toBe(actionBudgets.callback.person);
  await bogus(person);
  expect(await failures()).toHaveLength(told);
  const [state = "", used = ""] = states;
  const back = await get(
    person,
    `${api}/callback?${new URLSearchParams({ state, code: code(BUSINESS_IDS.luz) })}`,
  );
  expect(back.headers.get("location")).toBe("/settings/integrations?whatsapp=connected");
  // Meta's own no is an answer to a state of theirs as well.
  const no = await get(
    person,
    `${api}/callback?${new URLSearchParams({ state: used, error: "access_denied" })}`,
  );
  expect(no.headers.get("location")).toMatch(/reason=cancelled$/);
});
