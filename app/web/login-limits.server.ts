/**
 * How often one may fail to sign in. Counted for an address, and for a person at an address; never for a person alone,
 * so that nobody can lock another out. Counters live in the database and, while it is away, in memory.
 */
import { createHash } from "node:crypto";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import type { Db } from "#db/client.ts";
import { counterClient } from "#db/queries/people.ts";
import { clientNetwork } from "./http.server.ts";

/** Failures, not attempts: a sign-in that succeeds gives its place back. */
export const failuresPerAddress = { points: 20, duration: 60 };
export const failuresPerPersonAndAddress = { points: 5, duration: 15 * 60 };

export interface LoginLimits {
  /**
   * Takes a place before the password is looked at, so that attempts side by side cannot slip past. Answers the seconds
   * to wait when there is none left.
   */
  take(email: string, ip: string): Promise<{ retryAfterSeconds: number } | undefined>;
  /** The password was right: the address gets its place back and the person starts from nothing. */
  giveBack(email: string, ip: string): Promise<void>;
}

const built = new WeakMap<Db, LoginLimits>();

/** Built once for each database. */
export function loginLimits(db: Db): LoginLimits {
  const known = built.get(db);
  if (known) return known;
  const limits = createLimits(db);
  built.set(db, limits);
  return limits;
}

function createLimits(db: Db): LoginLimits {
  const perAddress = limiter(db, "ip", failuresPerAddress);
  const perPerson = limiter(db, "login", failuresPerPersonAndAddress);
  return {
    async take(email, ip) {
      return (
        (await refusal(() => perAddress.consume(addressKey(ip)))) ??
        (await refusal(() => perPerson.consume(personKey(email, ip))))
      );
    },
    async giveBack(email, ip) {
      await Promise.all([perAddress.reward(addressKey(ip)), perPerson.delete(personKey(email, ip))]);
    },
  };
}

function limiter(db: Db, keyPrefix: string, limit: { points: number; duration: number }) {
  return new RateLimiterPostgres({
    storeClient: counterClient(db),
    storeType: "client",
    tableName: "login_limits",
    tableCreated: true,
    keyPrefix,
    ...limit,
    insuranceLimiter: new RateLimiterMemory({ keyPrefix, ...limit }),
  });
}

async function refusal(
  consume: () => Promise<RateLimiterRes>,
): Promise<{ retryAfterSeconds: number } | undefined> {
  try {
    await consume();
    return undefined;
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    return { retryAfterSeconds: Math.max(1, Math.ceil(refused.msBeforeNext / 1_000)) };
  }
}

/** Hashed: a table of counters needs to know neither addresses nor people. */
function addressKey(ip: string): string {
  return digest(clientNetwork(ip));
}

function personKey(email: string, ip: string): string {
  return digest(`${email.toLowerCase()}\n${clientNetwork(ip)}`);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
