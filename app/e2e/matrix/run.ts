/** Sends the matrix and judges every answer. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "./actors.ts";
import { type Answer, ask } from "./ask.ts";
import type { Ask, Row } from "./asks.ts";
import type { MatrixProduct } from "./product.ts";
import { matrixRows } from "./rows.ts";
import { digesting } from "./rows-untouched.ts";

export interface Verdict {
  requests: number;
  /** Requests by what was asked for. */
  counts: Record<"loader" | "action", number>;
  /** Answered 429: of these nothing is known. */
  putOff: number;
  /** What was wrong, one line each. */
  problems: string[];
  /** Of those, the ones where something of another workspace was told or changed. */
  leaks: string[];
  /** Routes at which somebody was shown something of their own workspace. */
  shown: Set<string>;
}

interface Request {
  route: string;
  row: Row;
  actor: Actor;
  /** As a page, as what a page's script asks for, as JSON. */
  form: "document" | "data" | "json";
  method: "GET" | "POST";
  what: Ask;
}

const forms = ["document", "data", "json"] as const;
const refused = new Set([302, 303, 400, 401, 403, 404, 405, 410, 413, 415, 429]);
/** How a page's script is told of a redirect, and that there is nothing to say. */
const own = new Set([200, 202, 204]);

export async function runMatrix(
  product: MatrixProduct,
  actors: Actor[],
  wanted: "all" | "GET" = "all",
): Promise<Verdict> {
  const verdict: Verdict = {
    requests: 0,
    counts: { loader: 0, action: 0 },
    putOff: 0,
    problems: [],
    leaks: [],
    shown: new Set(),
  };
  const requests = actors.flatMap((actor) => requestsOf(product, actor));
  await readAll(
    product,
    requests.filter(({ method }) => method === "GET"),
    verdict,
  );
  if (wanted === "all")
    await writeAll(
      product,
      requests.filter(({ method }) => method === "POST"),
      verdict,
    );
  return verdict;
}

function requestsOf({ parked }: MatrixProduct, actor: Actor): Request[] {
  const rows = Object.entries(matrixRows(actor.theirs, actor.own, parked));
  return rows.flatMap(([route, row]) =>
    forms.flatMap((form) => {
      // Pages do not care who wants JSON: one question of each shows that.
      const most = form === "json" && !route.startsWith("api.") ? 1 : Number.POSITIVE_INFINITY;
      return [
        ...(row.loader ?? [])
          .slice(0, most)
          .map((what) => ({ route, row, actor, form, what, method: "GET" as const })),
        ...(row.action ?? [])
          .slice(0, most)
          .map((what) => ({ route, row, actor, form, what, method: "POST" as const })),
      ];
    }),
  );
}

/** Eight at a time, of one person after the other: what one person runs at once is bounded. They change nothing. */
async function readAll(product: MatrixProduct, requests: Request[], verdict: Verdict): Promise<void> {
  const byActor = [...Map.groupBy(requests, ({ actor }) => actor).values()];
  const most = Math.max(...byActor.map(({ length }) => length));
  const waiting = Array.from({ length: most }, (_, n) => byActor.flatMap((ofOne) => ofOne[n] ?? []))
    .flat()
    .values();
  const worker = async () => {
    for (const one of waiting) {
      let answer = await send(product, one, verdict);
      for (let again = 0; answer.status === 429 && again < 5; again++) {
        await sleep(300);
        answer = await send(product, one, verdict);
      }
      judge(one, answer, verdict);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

/** One after the other, each followed by a look at the rows that it must not have touched. */
async function writeAll(product: MatrixProduct, requests: Request[], verdict: Verdict): Promise<void> {
  const digestOf = await digesting(product.database.sql);
  const digests = new Map<string, string>();
  const lastOfEach = [
    ...requests.filter(({ route }) => route !== "logout"),
    ...requests.filter(({ route }) => route === "logout"),
  ];
  for (const one of lastOfEach) {
    for (const tenant of one.actor.untouched)
      if (!digests.has(tenant.id)) digests.set(tenant.id, await digestOf(tenant));
    // What one may not do too often is asked all the same.
    await product.database.sql("delete from login_limits where key ~ '_(person|workspace):'");
    judge(one, await send(product, one, verdict), verdict);
    for (const tenant of [product.a, product.b]) {
      // Whoever signs out ends a session of the workspace that they were in.
      const isOwn = one.route === "logout" && tenant === one.actor.own;
      if (isOwn || !one.actor.untouched.includes(tenant)) digests.delete(tenant.id);
      else if (digests.get(tenant.id) !== (await digestOf(tenant))) {
        digests.delete(tenant.id);
        report(one, "changed rows of another workspace", verdict, true);
      }
    }
  }
}

async function send(
  { port, origin, database }: MatrixProduct,
  { actor, form, method, what, route }: Request,
  verdict: Verdict,
): Promise<Answer> {
  verdict.requests++;
  verdict.counts[method === "GET" ? "loader" : "action"]++;
  // A budget that is spent would answer in the place of what is asked for.
  if (method === "POST" || route.endsWith(".callback")) await database.sql("delete from login_limits");
  const cookie = route === "logout" && method === "POST" ? actor.spareCookies.pop() : actor.cookie;
  return ask(port, {
    ...{ method, origin, cookie, path: form === "data" ? dataPath(what.path) : what.path },
    form: what.fields,
    json: what.json,
    headers: { ...(form === "json" ? { accept: "application/json" } : {}), ...what.headers },
    leaveAfterMs: what.endless ? 200 : undefined,
  });
}

/** Where the script of a page asks for the data of another. */
function dataPath(path: string): string {
  const [place = "", query] = path.split("?");
  return `${place === "/" ? "/_root" : place}.data${query === undefined ? "" : `?${query}`}`;
}

function judge(one: Request, answer: Answer, verdict: Verdict): void {
  const { actor, row, route, form } = one;
  const isWelcome = row.audience === "public" || actor.mayVisit.has(row.audience);
  // What a script asks for comes with 200 whatever became of it; its words are searched as any others.
  const mayBeOwn = isWelcome || form === "data";
  const wasLeft = one.what.endless === true && answer.status === 0;
  if (!wasLeft && !refused.has(answer.status) && !(mayBeOwn && own.has(answer.status)))
    report(one, `answered ${answer.status}`, verdict);
  if (answer.status === 429) verdict.putOff++;
  const finder = row.audience === "staff" ? (actor.forbiddenToStaff ?? actor.forbidden) : actor.forbidden;
  const leak = finder(withoutEcho(answer.text, one.what));
  if (leak) report(one, `told ${leak} with status ${answer.status}`, verdict, true);
  if (answer.status === 200 && isWelcome && answer.text.includes(actor.own.marks.text))
    verdict.shown.add(route);
}

/** What the request itself said is no news to whoever sent it. */
function withoutEcho(text: string, { path, fields, json }: Ask): string {
  const query = new URLSearchParams(path.split("?")[1] ?? "");
  const values = [
    ...query.values(),
    ...Object.values(fields ?? {}),
    ...Object.values(json ?? {}),
    ...(path.split("?")[0]?.split("/") ?? []),
  ];
  const said = values
    .filter((value): value is string => typeof value === "string" && value.length > 8)
    .flatMap((value) => [value, encodeURIComponent(value), encodeURIComponent(value).replaceAll("%20", "+")])
    .flatMap((value) => [value, encodeURIComponent(value)]);
  return said.sort((x, y) => y.length - x.length).reduce((left, value) => left.replaceAll(value, ""), text);
}

function report(
  { actor, route, form, method, what }: Request,
  problem: string,
  verdict: Verdict,
  isLeak = false,
): void {
  const line = `${actor.name}: ${method} ${what.path} ${JSON.stringify(what.fields ?? what.json ?? "")} (${route}, ${form}) ${problem}`;
  verdict.problems.push(line);
  if (isLeak) verdict.leaks.push(line);
}
