/**
 * What must hold of numbers, messages and tokens, said once more and in memory: whose a number is and was, in which
 * workspace each message stands, what waits in quarantine. For tests. It knows the order of things, not their times.
 */
import { type Item, named, numbers, type Picture, steps } from "./terms.ts";

/** Rules that a model may lack, to see that the comparison tells: each would be a mistake of the product. */
export const flaws = [
  "a gap crosses workspaces",
  "the last step wins",
  "the last holder has every message",
  "every key opens",
  "no token ends",
] as const;
export type Flaw = (typeof flaws)[number];

/** Sealed under the `key`th key, granted in the `month`th month of 25 days. */
type Token = { key: number; month: number };
/** `connectedAt`: last, be it that the claim began then or that the number was connected anew. */
type Claim = { workspace: number; from: number; connectedAt: number; until: number; isHeard: boolean };
type Delivery = { at: number; items: Item[]; isOpen: boolean; aside: (string | undefined)[] };
type Connection = { isAsked: boolean; deliveries: string | null; token: Token | null };

export type Model = ReturnType<typeof startModel>;

export function startModel(flaw?: Flaw) {
  const messages: Picture["messages"] = {};
  return {
    flaw,
    messages,
    moment: 0,
    month: 0,
    key: 0,
    oldestKey: 0,
    connections: new Map<string, Connection>(),
    claims: numbers.map((): Claim[] => []),
    deliveries: [] as Delivery[],
    isSubscribed: numbers.map(() => false),
    // What the worker has not done yet.
    toSubscribe: new Set<string>(),
    toReplay: new Set<number>(),
    toStop: numbers.map((): Token[] => []),
  };
}

const claimsOf = (model: Model, number: number) => model.claims[number] ?? [];
const openClaim = (model: Model, number: number) =>
  claimsOf(model, number).find(({ until }) => until === Number.POSITIVE_INFINITY);
export const holderOf = (model: Model, number: number) => openClaim(model, number)?.workspace;
export const lastHolderOf = (model: Model, number: number) => claimsOf(model, number).at(-1)?.workspace;

export const opens = ({ flaw, oldestKey }: Model, { key }: Token) =>
  flaw === "every key opens" || key >= oldestKey;
export const isAlive = ({ flaw, month }: Model, token: Token) =>
  flaw === "no token ends" || month - token.month < 3;

/** A number that another workspace holds stays with it, and that workspace learns that it was asked for. */
export function connect(model: Model, workspace: number, number: number): "connected" | "taken" {
  const holder = holderOf(model, number);
  const held = holder !== undefined && holder !== workspace && model.connections.get(named(holder, number));
  if (held) held.isAsked = true;
  if (held) return "taken";
  const from = ++model.moment;
  const claim = { workspace, from, connectedAt: from, until: Number.POSITIVE_INFINITY, isHeard: false };
  const own = openClaim(model, number);
  if (own) Object.assign(own, { connectedAt: from, isHeard: false });
  else claimsOf(model, number).push(claim);
  const token = { key: model.key, month: model.month };
  model.connections.set(named(workspace, number), { isAsked: false, deliveries: "starting", token });
  model.toSubscribe.add(named(workspace, number));
  model.toReplay.add(number);
  return "connected";
}

/** Lets a number go, if it is this workspace's. Meta is told with a copy of the token, if that can be opened. */
export function release(model: Model, workspace: number, number: number): void {
  const claim = openClaim(model, number);
  const connection = model.connections.get(named(workspace, number));
  if (claim?.workspace !== workspace || !connection?.token) return;
  if (opens(model, connection.token)) model.toStop[number]?.push({ ...connection.token, key: model.key });
  Object.assign(connection, { isAsked: false, deliveries: null, token: null });
  claim.until = ++model.moment;
}

export function deliver(model: Model, items: Item[]): void {
  model.deliveries.push({ at: ++model.moment, items, isOpen: true, aside: [] });
}

/** All that is open at once: messages before the steps of messages, each in the order of receipt. */
export function ingest(model: Model): void {
  const open = model.deliveries.filter(({ isOpen }) => isOpen);
  const all = open.flatMap((delivery) => delivery.items.map((item, place) => ({ delivery, item, place })));
  const [first, then] = [true, false].map((is) =>
    all.filter(({ item }) => (item.status === "received") === is),
  );
  for (const { delivery, item, place } of [...(first ?? []), ...(then ?? [])])
    delivery.aside[place] = store(model, item, delivery.at);
  for (const delivery of open) delivery.isOpen = false;
}

/** Returns why not. The first workspace that a message reaches has it for good, and its furthest step counts. */
function store(model: Model, { number, id, status }: Item, at: number): string | undefined {
  const { flaw, messages } = model;
  const owner = ownerOf(model, number, at);
  if (!owner) return "unknown_number";
  if (owner.connectedAt < at) owner.isHeard = true;
  const { workspace } = owner;
  const known = messages[id];
  if (known && known.workspace !== workspace && flaw !== "the last holder has every message")
    return "conflict";
  const isBehind =
    known && steps.indexOf(known.status) >= steps.indexOf(status) && flaw !== "the last step wins";
  messages[id] = { workspace, number, status: isBehind ? known.status : status };
  return undefined;
}

/** Whoever held the number then; in a gap its next holder, unless another workspace held it before. */
function ownerOf(model: Model, number: number, at: number): Claim | undefined {
  const last = claimsOf(model, number).findLast(({ from }) => from < at);
  if (last && at < last.until) return last;
  const next = claimsOf(model, number).find(({ from }) => from > at);
  return !last || last.workspace === next?.workspace || model.flaw === "a gap crosses workspaces"
    ? next
    : undefined;
}

/** Meta is told to begin and to stop, and what has an owner by now is opened again. */
export function runJobs(model: Model): void {
  const canUse = (token: Token | null) => token !== null && opens(model, token) && isAlive(model, token);
  for (const number of numbers) {
    const holder = named(holderOf(model, number) ?? -1, number);
    const connection = model.connections.get(holder);
    const canStop = model.toStop[number]?.splice(0).some(canUse);
    if (!connection && canStop) model.isSubscribed[number] = false;
    if (!connection || !model.toSubscribe.has(holder)) continue;
    connection.deliveries = canUse(connection.token) ? "on" : "failed";
    model.isSubscribed[number] ||= canUse(connection.token);
  }
  for (const delivery of model.deliveries) {
    const hasOwner = ({ number }: Item, place: number) =>
      model.toReplay.has(number) &&
      delivery.aside[place] === "unknown_number" &&
      ownerOf(model, number, delivery.at) !== undefined;
    delivery.isOpen ||= delivery.items.some(hasOwner);
  }
  model.toSubscribe.clear();
  model.toReplay.clear();
}

/** A new key, and so many of the ones before it. */
export function rotateKey(model: Model, kept: number): void {
  model.oldestKey = Math.max(model.oldestKey, ++model.key - kept);
}
