/** Processes that die in the middle of what they do. For tests. */
import type { Db } from "../../../../db/client.ts";

/** The process ends before the statement is sent: what it was part of is rolled back. */
export class Crash extends Error {}

/** A Db that crashes at its `at`th statement; without one, or with fewer statements, as it was. */
export function crashing(db: Db, at: number | undefined): Db {
  let left = at ?? 0;
  if (at === undefined) return db;
  return db.withPlugin({
    transformQuery({ node }) {
      left--;
      if (left === 0) throw new Crash();
      return node;
    },
    transformResult: async ({ result }) => result,
  });
}

/** Whether `work` ended in a crash. Throws any other error. */
export async function crashes(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (error instanceof Crash) return true;
    throw error;
  }
}
