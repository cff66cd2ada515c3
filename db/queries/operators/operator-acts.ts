/** What platform staff do, and what is kept of it. Role app_operator. */
import { type Kysely, sql } from "kysely";
import type { Schema } from "../../schema.ts";
import type { ReplayedPart } from "../deliveries/quarantine.ts";

type Db = Kysely<Schema>;

export interface ActingOperator {
  userId: string;
  requestId: string;
}

/**
 * The beginning of a delivery's body (200 kB) and how long all of it is; undefined when there is no such delivery. The
 * same statement writes who looked.
 */
export async function readBody(
  db: Db,
  { userId, requestId }: ActingOperator,
  deliveryId: string,
): Promise<{ beginning: Buffer; sizeBytes: number } | undefined> {
  const { rows } = await sql<{ beginning: Buffer; sizeBytes: number }>`
    select body as beginning, size_bytes as "sizeBytes"
      from app.operator_body(${deliveryId}::bigint, ${userId}::uuid, ${requestId})`.execute(db);
  return rows[0];
}

/** `after`: of those of the filter, only what comes after this item. */
export type ReplayWish =
  | { ids: string[] }
  | { reason?: string | undefined; phoneNumberId?: string | undefined; after?: string | undefined };

/** Writes down who wants what processed again. The id of what was written. */
export async function beginReplay(
  db: Db,
  { userId, requestId }: ActingOperator,
  wish: ReplayWish,
): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select app.operator_replay_begin(${userId}::uuid, ${JSON.stringify(wish)}::jsonb, ${requestId}) as id`.execute(
    db,
  );
  if (!rows[0]) throw new Error("the replay was not written down");
  return rows[0].id;
}

/** Opens the deliveries of the next `most` items of a replay again and wakes the ingest, in one transaction. */
export async function replayPart(
  db: Db,
  replayId: string,
  after: string,
  most: number,
): Promise<ReplayedPart> {
  const { rows } = await sql<ReplayedPart>`
    select items, deliveries, go_on_after as "goOnAfter"
      from app.operator_replay_part(${replayId}::bigint, ${after}::bigint, ${most})`.execute(db);
  return rows[0] ?? { items: 0, deliveries: 0, goOnAfter: null };
}

export interface OperatorEvent {
  id: string;
  at: Date;
  email: string;
  action: "body_shown" | "replay";
  subject: { deliveryId?: string; ids?: string[]; reason?: string; phoneNumberId?: string };
  result: { items?: number; deliveries?: number };
  requestId: string;
}

/** What staff did before `before`, newest first. */
export async function operatorTrail(
  db: Db,
  before: string | undefined,
  most: number,
): Promise<OperatorEvent[]> {
  const { rows } = await sql<OperatorEvent>`
    select id, at, email, action, subject, result, request_id as "requestId"
      from app.operator_trail(${before ?? null}::bigint, ${most})`.execute(db);
  return rows;
}
