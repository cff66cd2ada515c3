/** A product as on its first day, between two tests. People stay, and so do their sessions. */
import { expect } from "@playwright/test";
import { deleteOfWorkspaces } from "../../../db/testing/empty-tables.ts";
import type { Product } from "./start.ts";

/** Nothing connected, nothing that has arrived, nothing left to do, and a sandbox with its own world and no switches. */
export async function startAfresh({ sql, control }: Pick<Product, "sql" | "control">): Promise<void> {
  // What the worker has in hand is finished first: it must not work on rows that vanish under it.
  await sql("delete from graphile_worker._private_jobs where locked_at is null");
  const inHand = () => sql("select from graphile_worker._private_jobs where locked_at is not null");
  await expect.poll(inHand, { intervals: [20] }).toEqual([]);
  await sql(`${deleteOfWorkspaces}; delete from login_limits`);
  await control("/reset", {});
}
