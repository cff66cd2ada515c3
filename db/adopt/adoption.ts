/**
 * Taking over the tables that stood under our names before Curbe's: looked at, put aside, and brought over into ours, all
 * within the transaction of the migration. Either every row has its place after it, or nothing was changed.
 */
import type pg from "pg";
import type { Adoption } from "../migrate.ts";
import { readMigrationFiles } from "../migration-files.ts";
import { bringOver } from "./bring-over.ts";
import { lookAtConnections, sealTokens, type TokenOptions } from "./connections/adopted-connections.ts";
import type { TakenNumber } from "./connections/number-holders.ts";
import { type ForeignKey, readForeignKeys } from "./extras/foreign-keys.ts";
import { becomesFunction } from "./older/conversions.ts";
import type { AdoptedName } from "./older/mission.ts";
import type { AdoptedConnection } from "./older/old-connection.ts";
import {
  findElsewhere,
  findRelations,
  type OldRelation,
  type OldTable,
  readTable,
} from "./older/old-tables.ts";
import { planTable, type TablePlan } from "./plan.ts";
import {
  findDependents,
  findFixedKeys,
  findShadowing,
  findTakenNames,
  findUnmovable,
  isAdopted,
} from "./problems/obstacles.ts";
import { CannotAdoptError, type Problem } from "./problems/problems.ts";
import { findBrokenReferences, findForeignWords, findUnowned } from "./problems/references.ts";
import { findSharedSequences, findUsedNames } from "./problems/used-names.ts";
import { tellElsewhere } from "./report.ts";
import { asideName, moveAside, renameAside } from "./set-aside.ts";

export interface AdoptionOptions extends TokenOptions {
  /** `+` and digits of a valid number, or null. */
  toE164(text: string): string | null;
  now: Date;
  /** How long somebody who uses a table is waited for. */
  lockTimeoutMs?: number;
}

/** What was found and settled before anything moved. */
export interface Findings {
  plans: Map<AdoptedName, TablePlan>;
  connections: { rows: AdoptedConnection[]; taken: TakenNumber[]; tokens: string[] };
  keys: ForeignKey[];
}

/**
 * For one run of `migrate`. `report` answers, after it, what was or would be done, a sentence each; nothing where there
 * was nothing to take over. `setAside` throws CannotAdoptError with all that is in the way.
 */
export function createAdoption(options: AdoptionOptions): Adoption & { report(): string[] } {
  let findings: Findings | undefined;
  const lines: string[] = [];
  return {
    async setAside(client) {
      const texts = (await readMigrationFiles()).map(({ text }) => text);
      const names = tablesIn(texts);
      const elsewhere = await findElsewhere(client, names);
      const shadowing = findShadowing(elsewhere);
      if (shadowing.length > 0) throw new CannotAdoptError(shadowing);
      lines.push(...tellElsewhere(elsewhere));
      const relations = await findRelations(client, names);
      if (relations.length === 0) return;
      findings = await look(client, { relations, texts }, options);
      await moveAside(client, tablesOf(findings));
      for (const relation of relations.filter(({ name }) => !isAdopted(name))) {
        await renameAside(client, relation);
        lines.push(renamed(relation.name));
      }
    },
    async takeOver(client) {
      if (!findings || findings.plans.size === 0) return;
      const sealed = sealTokens(findings.connections.rows, options);
      lines.unshift(...(await bringOver(client, { ...findings, ...sealed })));
    },
    report: () => [...lines],
  };
}

/** The tables that the files of the schema make. */
function tablesIn(texts: string[]): string[] {
  return texts.flatMap((text) =>
    [...text.matchAll(/^create table (?:if not exists )?(?:public\.)?(\w+) \(/gm)].map(
      ([, name = ""]) => name,
    ),
  );
}

function renamed(name: string): string {
  const people =
    name === "users" ? " Its people are not taken over: make them with npm run user:create." : "";
  return `The table ${name} is ${asideName(name)} now.${people}`;
}

const tablesOf = ({ plans }: Findings): OldTable[] => [...plans.values()].map(({ table }) => table);

async function look(
  client: pg.Client,
  { relations, texts }: { relations: OldRelation[]; texts: string[] },
  options: AdoptionOptions,
): Promise<Findings> {
  await client.query(`set local lock_timeout = ${options.lockTimeoutMs ?? 5000}`);
  await client.query(becomesFunction);
  const { rows } = await client.query<{ user: string }>("select current_user::text as user");
  const unmovable = findUnmovable(relations, rows[0]?.user ?? "");
  const stuck = new Set(unmovable.map(({ table }) => table));
  const movable = relations.filter(({ name }) => !stuck.has(name));
  const tables = new Map<AdoptedName, OldTable>();
  for (const relation of movable.filter(({ name }) => isAdopted(name)))
    tables.set(relation.name as AdoptedName, await readTable(client, relation));
  const keys = await readForeignKeys(
    client,
    [...tables.values()].map(({ oid }) => oid),
  );
  const problems: Problem[] = [
    ...unmovable,
    ...(await findTakenNames(client, relations)),
    ...(await findUsedNames(client, relations, texts)),
    ...(await findDependents(client, [...tables.values()])),
    ...(await findSharedSequences(client, [...tables.values()])),
    ...findFixedKeys(keys, [...tables.values()]),
  ];
  const plans = new Map<AdoptedName, TablePlan>();
  for (const [name, table] of tables) plans.set(name, await planTable(client, table));
  problems.push(...[...plans.values()].flatMap((plan) => plan.problems));
  problems.push(...(await findForeignWords(client, tables)));
  problems.push(...(await findUnowned(client, tables)));
  // Against a table that cannot be read, everything would seem to point nowhere.
  if (stuck.size === 0) problems.push(...(await findBrokenReferences(client, tables)));
  const connections = await lookAtConnections(client, plans.get("channel_connections"), options);
  problems.push(...connections.problems);
  if (problems.length > 0) throw new CannotAdoptError(problems);
  return { plans, connections, keys };
}
