/**
 * `npm run quarantine`: what could not be brought to anybody. Lists it, looks into it, and has it processed again. For
 * real databases, production included. Nothing of what a message says is printed but by `show <id> --body`.
 */
import { parseArgs } from "node:util";
import { replayItems } from "../../app/inbox/intake/replay.server.ts";
import { createDb, createPool, type Db } from "../../db/client.ts";
import type { ItemsWanted } from "../../db/queries/deliveries/quarantine.ts";
import {
  bodyOfItem,
  findItem,
  newestInQuarantine,
  quarantineByNumber,
  quarantineByReason,
  unknownItems,
} from "../../db/queries/operators/quarantine-review.ts";
import type { QuarantineReason } from "../../db/schema.ts";
import { isCommand, runAsCommand } from "../command.ts";
import { itemFacts, itemTable, summaryText } from "./quarantine-text.ts";

const reasons: QuarantineReason[] = ["unknown_number", "unreadable", "conflict", "failed"];

export const usage = `Usage: npm run -s quarantine -- <command>

  summary                            how much is in quarantine, by reason and by number
  list [--reason R] [--number ID] [--limit N]
                                     the newest items, 50 unless told otherwise
  show <id> [--body]                 one item and its delivery; with --body the delivery's bytes and nothing else
  replay <id>… | --number ID | --reason R
                                     has the deliveries of these items processed again

R is one of ${reasons.join(", ")}; ID is Meta's phone number id.
DATABASE_URL says where. What is replayed and reaches nobody again stays in quarantine.`;

type Request =
  | { command: "help" }
  | { command: "summary" }
  | { command: "list"; reason?: QuarantineReason; phoneNumberId?: string; limit: number }
  | { command: "show"; id: string; withBody: boolean }
  | { command: "replay"; wanted: ItemsWanted };

/** Throws with the usage for anything that is not as it should be. */
export function readArguments(args: string[]): Request {
  const { values, positionals } = parsed(args);
  const [command, ...ids] = positionals;
  const { reason, number: phoneNumberId, limit, body } = values;
  const given = Object.keys(values);
  const only = (...names: string[]) => given.every((name) => names.includes(name));
  if (reason !== undefined && !reasons.includes(reason as QuarantineReason)) return refuse(`No such reason.`);
  if (!ids.every((id) => /^\d{1,18}$/.test(id))) return refuse("An item's id is a number.");
  const narrowed = {
    ...(reason === undefined ? {} : { reason: reason as QuarantineReason }),
    ...(phoneNumberId === undefined ? {} : { phoneNumberId }),
  };
  const [id] = ids;
  if (values.help || command === "help") return { command: "help" };
  if (command === "summary" && !id && only()) return { command };
  if (command === "list" && !id && only("reason", "number", "limit")) {
    return { command, ...narrowed, limit: readLimit(limit) };
  }
  if (command === "show" && id && ids.length === 1 && only("body")) return { command, id, withBody: !!body };
  if (command === "replay" && id && only()) return { command, wanted: { ids } };
  if (command === "replay" && !id && given.length > 0 && only("reason", "number")) {
    return { command, wanted: narrowed };
  }
  return refuse(command === "replay" ? "Say which: ids, --number or --reason." : "That is no such command.");
}

function parsed(args: string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  try {
    const options = { reason: text, number: text, limit: text, body: flag, help: { ...flag, short: "h" } };
    return parseArgs({ args, options, allowPositionals: true });
  } catch {
    return refuse("That is no option of this command.");
  }
}

function readLimit(limit = "50"): number {
  const count = /^\d{1,5}$/.test(limit) ? Number(limit) : 0;
  return count >= 1 && count <= 10_000 ? count : refuse("--limit takes a number from 1 to 10000.");
}

function refuse(why: string): never {
  throw new UsageError(`${why}\n\n${usage}`);
}

/** Its whole message is for the operator. */
class UsageError extends Error {
  override name = "UsageError";
}

/** Does what is asked for and answers what to print. */
export async function carryOut(db: Db, request: Request): Promise<string | Uint8Array> {
  switch (request.command) {
    case "help":
      return usage;
    case "summary":
      return summaryText(await quarantineByReason(db), await quarantineByNumber(db, 20), new Date());
    case "list":
      return itemTable(await newestInQuarantine(db, request, request.limit), request.limit);
    case "show":
      return show(db, request.id, request.withBody);
    case "replay":
      return replay(db, request.wanted);
  }
}

async function show(db: Db, id: string, withBody: boolean): Promise<string | Uint8Array> {
  const shown = withBody ? await bodyOfItem(db, id) : await findItem(db, id);
  if (!shown) throw new Error(`There is no item ${id}.`);
  return shown instanceof Uint8Array ? shown : itemFacts(shown);
}

async function replay(db: Db, wanted: ItemsWanted): Promise<string> {
  const unknown = await unknownItems(db, wanted.ids ?? []);
  if (unknown.length > 0) throw new Error(`Nothing was replayed: there is no item ${unknown.join(", ")}.`);
  const { items, deliveries } = await replayItems(db, wanted);
  if (items === 0) return "Nothing to replay: no such item is in quarantine.";
  const waiting = "A running worker processes them; then `summary` shows what stayed.";
  return `Items: ${items}. Deliveries opened again: ${deliveries}. ${waiting}`;
}

if (isCommand(import.meta.url)) {
  let request: Request | undefined;
  try {
    request = readArguments(process.argv.slice(2));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
  }
  if (request?.command === "help") console.log(usage);
  else if (request) await runOnDatabase(request);
}

function runOnDatabase(request: Request): Promise<void> {
  return runAsCommand(async (connectionString) => {
    const db = createDb(
      createPool({
        connectionString,
        role: "app_ingest",
        applicationName: "curbe-quarantine",
        max: 1,
        statementTimeoutMs: 60_000,
        onError: () => {},
      }),
    );
    try {
      return await carryOut(db, request);
    } finally {
      await db.destroy();
    }
  });
}
