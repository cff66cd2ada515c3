/** Transactions that are tried again when two of them met, and parts of one that may fail alone. */
import { setTimeout as pause } from "node:timers/promises";
import { type Kysely, sql, type Transaction } from "kysely";
import { sqlState } from "../../client.ts";
import type { Schema } from "../../schema.ts";

/**
 * Deadlock, serialization failure, and what somebody else did between our looking and our writing: a key that was
 * taken, a contact or conversation that became part of another.
 */
const meetings = new Set(["40P01", "40001", "23505", "23503"]);

/**
 * Runs `work` in a transaction, again in a new one when it met another, up to five times with growing, jittered
 * pauses (together under half a second). Any other error, and the fifth, is thrown.
 */
export async function inRetriedTransaction<T>(
  db: Kysely<Schema>,
  work: (trx: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt === 5 || !meetings.has(sqlState(error) ?? "")) throw error;
      await pause(10 * 2 ** attempt * (0.5 + Math.random() / 2));
    }
  }
}

/** Runs `work` so that its failure undoes its own writes only and leaves the transaction usable; then rethrows. */
export async function withSavepoint<T>(trx: Transaction<Schema>, work: () => Promise<T>): Promise<T> {
  await sql`savepoint part`.execute(trx);
  try {
    const result = await work();
    await sql`release savepoint part`.execute(trx);
    return result;
  } catch (error) {
    await sql`rollback to savepoint part`.execute(trx);
    throw error;
  }
}
