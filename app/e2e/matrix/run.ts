/** Sends the matrix and judges every answer. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "./actors.ts";
import { type Answer, ask } from "./asks/ask.ts";
import type { Ask, Row } from "./asks/asks.ts";
import { matrixRows } from "./asks/rows.ts";
import type { MatrixProduct } from "./product.ts";
import { noteTouches } from "./tenant/rows-untouched.ts";

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

const refused = new Set([302, 303, 400, 401, 403, 404, 405, 410, 413, 415, 429]);
/** How a page's script is told of a redirect, and that there is nothing to say. */
const own = new Set([200, 202, 204]);

/** What of the whole is sent. Everything, in each form, where nothing else is said. */
export interface Part {
  /** Each question in one of its forms, which take turns from question to question and from actor to actor. */
  oneForm?: boolean;
  /** Of those who are shown anything at all every second question, others from actor to actor; of the rest one a route. */
  half?: boolean;
}

/** Sends each question of the matrix as each actor. */
export async function runMatrix(product: MatrixProduct, actors: Actor[], part: Part = {}): Promise<Verdict> {
  const verdict: Verdict = {
    requests: 0,
    counts: { loader: 0, action: 0 },
    putOff: 0,
    problems: [],
    leaks: [],
    shown: new Set(),
  };
  const requests = actors.flatMap((actor, n) => requestsOf(product, actor, n, part));
  await readAll(
    product,
    requests.filter(({ method }) => method === "GET"),
    verdict,
  );
  await writeAll(
    product,
    requests.filter(({ method }) => method === "POST"),
    verdict,
  );
  return verdict;
}

function requestsOf({ parked }: MatrixProduct, actor: Actor, turn: number, part: Part): Request[] {
  const rows = Object.entries(matrixRows(actor.theirs, actor.own, parked));
  return rows.flatMap(([route, row]) => {
    const of = (method: Request["method"], asked: Ask[] = []): Request[] =>
      asked
        .map((what, n) => ({ what, n: n + turn }))
        .filter(({ n }, at) => !part.half || (actor.mayVisit.has("member") ? n % 2 === 0 : at === 0))
        .flatMap(({ what, n }, at) =>
          formsOf(route, at, part.oneForm ? Math.floor(n / (part.half ? 2 : 1)) : undefined).map((form) => ({
            route,
            row,
            actor,
            form,
            method,
            what,
          })),
        );
    return [...of("GET", row.loader), ...of("POST", row.action)];
  });
}

/** Pages do not care who wants JSON: their first question shows that. */
function formsOf(route: string, at: number, turn: number | undefined): Request["form"][] {
  const forms: Request["form"][] =
    route.startsWith("api.") || at === 0 ? ["document", "data", "json"] : ["document", "data"];
  return turn === undefined ? forms : forms.slice(turn % forms.length).slice(0, 1);
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

/** So many at once, each lot followed by a look at whose rows were touched. */
const atOnce = 8;

/** In lots of those that must leave the same workspaces as they are; whoever signs out does so last, and alone. */
async function writeAll(product: MatrixProduct, requests: Request[], verdict: Verdict): Promise<void> {
  const touched = await noteTouches(product.sql);
  const alike = Map.groupBy(
    requests.filter(({ route }) => route !== "logout"),
    ({ actor }) => actor.untouched.map(({ id }) => id).join(),
  );
  const lots = [...alike.values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / atOnce) }, (_, n) => all.slice(n * atOnce, (n + 1) * atOnce)),
  );
  const alone = requests.filter(({ route }) => route === "logout").map((one) => [one]);
  for (const lot of [...lots, ...alone]) {
    await Promise.all(lot.map(async (one) => judge(one, await send(product, one, verdict), verdict)));
    const of = await touched();
    for (const { id } of lot[0]?.actor.untouched ?? []) {
      // Whoever signs out ends a session of the workspace that they were in.
      const isOwn = lot[0]?.route === "logout" && id === lot[0].actor.own.id;
      if (of.has(id) && !isOwn)
        for (const one of lot) report(one, `or one beside it changed rows of ${id}`, verdict, true);
    }
  }
}

async function send(
  { port, origin, sql }: MatrixProduct,
  { actor, form, method, what, route }: Request,
  verdict: Verdict,
): Promise<Answer> {
  verdict.requests++;
  verdict.counts[method === "GET" ? "loader" : "action"]++;
  // A budget that is spent would answer in the place of what is asked for.
  if (method === "POST" || route.endsWith(".callback")) await sql("delete from login_limits");
  const cookie = route === "logout" && method === "POST" ? actor.spareCookies.pop() : actor.cookie;
  return ask(port, {
    method,
    origin,
    cookie,
    path: form === "data" ? dataPath(what.path) : what.path,
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
