/**
 * What we owe the people at Meta who granted connections: to stop when they take our access back, and to delete what is
 * theirs when they ask for it. Meta names them by an id scoped to our app. A connection remembers who granted it when
 * the token's `debug_token` named a user; the token of a business's system user names no person, and then there is
 * nobody to find and nothing of theirs is kept.
 */
import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { Db } from "../../../db/client.ts";
import {
  type DeletionRequestRow,
  deauthorizeMetaUser,
  deleteMetaUserData,
  findDeletionRequest,
} from "../../../db/queries/connections/obligations.ts";
import type { Log } from "../../platform/log.server.ts";
import type { Secret } from "../../platform/secret.server.ts";
import type { Reach } from "../channel.server.ts";

/** The person that a request of the platform speaks of, and when it was written. */
export interface MetaUserRequest {
  /** Scoped to our app: says nothing outside it, and names no account of theirs. */
  metaUserId: string;
  /** Whole seconds, by Meta's clock. */
  issuedAt: Date;
}

export interface ObligationDeps {
  /** Role app_web. */
  db: Db;
  log: Log;
  /** The app's present secret, from which the key of the digests is derived. */
  appSecret: Secret;
}

/** What a connection keeps of who granted it; nothing when Meta named nobody. */
export function grantedBy(
  { metaUserId }: Pick<Reach, "metaUserId">,
  now: Date,
): { metaUserId: string; at: Date } | null {
  return metaUserId ? { metaUserId, at: now } : null;
}

/**
 * The person took our access back at Meta. In one transaction, in every workspace: what they granted before the request
 * is `error` with cause `deauthorized`, its token destroyed, an event recorded. Nothing is asked of Meta, which has
 * ended the access itself, and the claims on the numbers stay, so that what still arrives is stored. Idempotent; an
 * old request that comes again does not touch what was granted after it. Somebody unknown is no error.
 */
export async function endGrantsOf(
  { db, log }: Pick<ObligationDeps, "db" | "log">,
  { metaUserId, issuedAt }: MetaUserRequest,
  requestId: string,
): Promise<void> {
  const count = await deauthorizeMetaUser(db, { metaUserId, askedAt: issuedAt, requestId });
  log.info("access taken back at Meta", { request_id: requestId, count });
}

/**
 * The person wants their data deleted. In one transaction, in every workspace: their id, the scopes they granted and
 * all tokens of theirs are gone, connections that were open are thereby `error`, and the request is recorded under a
 * digest of the id. Returns the confirmation code (128 random bits); the same request again, also at the same moment,
 * gets the same one. Conversations are the workspace's and stay.
 */
export async function deleteDataOf(
  { db, log, appSecret }: ObligationDeps,
  { metaUserId, issuedAt }: MetaUserRequest,
  requestId: string,
): Promise<{ confirmationCode: string }> {
  const confirmationCode = await deleteMetaUserData(db, {
    metaUserId,
    askedAt: issuedAt,
    requestId,
    digest: digestOf(appSecret, metaUserId),
    newCode: randomBytes(16).toString("hex"),
  });
  log.info("data of a Meta user deleted", { request_id: requestId });
  return { confirmationCode };
}

export type DeletionStatus = DeletionRequestRow;

/** What became of a deletion request, for whoever knows its code; null for a code that was never given out. */
export async function deletionStatus(
  { db }: Pick<ObligationDeps, "db">,
  code: string | undefined,
): Promise<DeletionStatus | null> {
  if (!code || !/^[0-9a-f]{32}$/.test(code)) return null;
  return (await findDeletionRequest(db, code)) ?? null;
}

/** Keyed, since ids are digits and a plain hash of them could be tried out; by a key made for this and nothing else. */
function digestOf(appSecret: Secret, metaUserId: string): Buffer {
  const key = Buffer.from(hkdfSync("sha256", appSecret.reveal(), "", "curbe deletion request", 32));
  return createHmac("sha256", key).update(metaUserId).digest();
}
