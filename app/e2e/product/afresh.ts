/** A product as on its first day, between two tests. People stay, and so do their sessions. */
import { expect } from "@playwright/test";
import type { Product } from "./start.ts";

/** Whoever refers to another stands before it. */
const emptied = [
  "messages",
  "conversations",
  "contact_aliases",
  "contacts",
  "number_registrations",
  "connection_health",
  "connection_teardowns",
  "connection_events",
  "number_claims",
  "channel_connections",
  "oauth_states",
  "delivery_quarantine",
  "webhook_deliveries",
  "login_limits",
  "registration_tries",
];
/** In place of `truncate`, which takes a lock and a new file of each table however little there is in it. */
const empty = emptied.map((table) => `delete from ${table}`).join("; ");

/** Nothing connected, nothing that has arrived, nothing left to do, and a sandbox with its own world and no switches. */
export async function startAfresh({ sql, control }: Pick<Product, "sql" | "control">): Promise<void> {
  // What the worker has in hand is finished first: it must not work on rows that vanish under it.
  await sql("delete from graphile_worker._private_jobs where locked_at is null");
  const inHand = () => sql("select from graphile_worker._private_jobs where locked_at is not null");
  await expect.poll(inHand, { intervals: [20] }).toEqual([]);
  await sql(empty);
  await control("/reset", {});
}
