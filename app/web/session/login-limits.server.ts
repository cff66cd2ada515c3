/**
 * How often one may fail to give a password. Nobody can lock another out, and nobody can guess for long:
 *
 * - An address has 20 failures a minute (an IPv6 customer's /48 60), and 5 for one person in 15 minutes (15).
 * - A person has 50 failures a day, wherever they come from. Past them each network (a customer's, of IPv6) still has one
 *   try in 30 days, at once; all that have had theirs share two tries an hour.
 * - A device or a network that the person has signed in from has an allowance of its own, 20 failures a day, and does not
 *   feel what others do. It is known by the password that was right there, and ends with it: of an account that was
 *   somebody else's for a day nothing is left to them.
 *
 * So the right password lets somebody in at once from a device or network of theirs and from any that has not failed,
 * whatever the rest of the world tries; and a thousand addresses have, for one person, 98 guesses a day and one each in
 * a month. People who do not exist are counted alike.
 *
 * Counters live in the database and, while it is away, in memory.
 */
import { createHash } from "node:crypto";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import type { Db } from "#db/client.ts";
import { counterClient } from "#db/queries/people/people.ts";
import { clientNetwork, clientSite } from "../http/request.server.ts";

interface Limit {
  points: number;
  /** Seconds, from the first point on. */
  duration: number;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Failures, not attempts: a sign-in that succeeds gives its place back. */
export const failuresPerAddress = { points: 20, duration: minute };
const failuresPerSite = { points: 60, duration: minute };
export const failuresPerPersonAndAddress = { points: 5, duration: 15 * minute };
const failuresPerPersonAndSite = { points: 15, duration: 15 * minute };
export const failuresPerPerson = { points: 50, duration: day };
export const triesOfNewNetwork = { points: 1, duration: 30 * day };
export const triesOfAllOthers = { points: 2, duration: hour };
export const failuresPerKnownPlace = { points: 20, duration: day };
const mailsPerAddress = { points: 5, duration: 15 * minute };
const mailsPerSite = { points: 15, duration: 15 * minute };
const networkIsKnownFor = 90 * day;

export interface Attempt {
  /** Who is meant, by whatever is one and the same for all spellings of an address. */
  person: string;
  /** The stored hash that is tried for; undefined where nobody is, or `knownPlace` says it all. */
  passwordHash: string | undefined;
  ip: string;
  /** Something of the caller's that has seen this person's password before: a device, a session. */
  knownPlace: string | undefined;
}

export type Admission = Refused | Admitted;

interface Refused {
  kind: "refused";
  retryAfterSeconds: number;
  /** Of the person since the day began, this attempt among them, once they are too many; undefined before. */
  tooManyFailures: number | undefined;
}

export interface Admitted {
  kind: "admitted";
  /** See `Refused`. */
  tooManyFailures: number | undefined;
  /** The person has been here before. */
  isKnown: boolean;
  /**
   * The password was right: what was taken is given back, the person starts from nothing here, and is known here by the
   * password that was tried, or the one that followed it.
   */
  succeeded(newPasswordHash?: string): Promise<void>;
  /** The password was not checked: what was taken is given back. */
  withdrawn(): Promise<void>;
}

export interface LoginLimits {
  /**
   * Takes a place of the address alone: before anything is looked up. Returns the seconds to wait when there is none
   * left.
   */
  takeAddress(ip: string): Promise<{ retryAfterSeconds: number } | undefined>;
  /** A mail to whomever that an address asks for; as `takeAddress`. */
  takeMail(ip: string): Promise<{ retryAfterSeconds: number } | undefined>;
  /**
   * Takes a place before the password is checked, so that attempts side by side cannot slip past. After
   * `takeAddress`, whose place it gives back with its own.
   */
  admit(attempt: Attempt): Promise<Admission>;
  /** The person proved to be who they are in another way: at this address they start from nothing, and are known. */
  welcome(who: Omit<Attempt, "knownPlace">): Promise<void>;
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
  const counters = createCounters(db);
  return {
    takeAddress: (ip) => takeOfAll([counters.address(ip), counters.site(ip)]),
    takeMail: (ip) => takeOfAll([counters.mail(ip), counters.mailOfSite(ip)]),
    async admit(attempt) {
      const { person, ip } = attempt;
      const here = [counters.personAndAddress(person, ip), counters.personAndSite(person, ip)];
      const refused = await takeOfAll(here);
      if (refused) return { kind: "refused", tooManyFailures: undefined, ...refused };
      const { taken, ...found } = await takeOfPerson(counters, attempt);
      if (!taken) return { kind: "refused", ...found };
      const address = [counters.address(ip), counters.site(ip)];
      return {
        kind: "admitted",
        ...found,
        async succeeded(passwordHash = attempt.passwordHash) {
          const welcomed = counters.welcome({ person, passwordHash, ip });
          await Promise.all([giveBack([...address, taken]), welcomed]);
        },
        withdrawn: () => giveBack([...address, ...here, taken]),
      };
    },
    welcome: (who) => counters.welcome(who),
  };
}

interface PersonsPlace {
  /** Undefined when there is none. */
  taken: Counter | undefined;
  retryAfterSeconds: number;
  isKnown: boolean;
  tooManyFailures: number | undefined;
}

/** The first of the person's allowances that has a place for whoever asks. */
async function takeOfPerson(counters: Counters, attempt: Attempt): Promise<PersonsPlace> {
  const { person, ip, knownPlace } = attempt;
  const found: PersonsPlace = {
    taken: undefined,
    retryAfterSeconds: 0,
    isKnown: false,
    tooManyFailures: undefined,
  };
  const known = knownPlace ?? ((await counters.isKnownNetwork(attempt)) ? clientNetwork(ip) : undefined);
  if (known !== undefined) {
    const own = counters.knownPlace(person, known);
    if (!(await own.take())) return { ...found, taken: own, isKnown: true };
  }
  const ofAll = counters.person(person);
  const tooMany = await ofAll.take();
  if (!tooMany) return { ...found, taken: ofAll };
  found.tooManyFailures = tooMany.count;
  for (const flow of [counters.newNetwork(person, ip), counters.allOthers(person)]) {
    const refused = await flow.take();
    if (!refused) return { ...found, taken: flow };
    found.retryAfterSeconds = refused.retryAfterSeconds;
  }
  return found;
}

interface Counter {
  take(): Promise<NoPlace | undefined>;
  giveBack(): Promise<unknown>;
  forget(): Promise<unknown>;
}

interface NoPlace {
  retryAfterSeconds: number;
  /** Of those who took a place or wanted one. */
  count: number;
}

type Counters = ReturnType<typeof createCounters>;

function createCounters(db: Db) {
  const counter = (prefix: string, limit: Limit) => {
    const limiter = limiterFor(db, prefix, limit);
    return (...about: string[]): Counter => {
      // Hashed: a table of counters needs to know neither addresses nor people.
      const key = createHash("sha256").update(about.join("\n")).digest("base64url");
      return {
        take: () => refusal(limiter.consume(key)),
        giveBack: () => limiter.reward(key),
        forget: () => limiter.delete(key),
      };
    };
  };
  const address = counter("ip", failuresPerAddress);
  const site = counter("site", failuresPerSite);
  const mail = counter("mail", mailsPerAddress);
  const mailOfSite = counter("mail-site", mailsPerSite);
  const personAndAddress = counter("login", failuresPerPersonAndAddress);
  const personAndSite = counter("login-site", failuresPerPersonAndSite);
  const newNetwork = counter("login-new", triesOfNewNetwork);
  const known = limiterFor(db, "login-known", { points: 1, duration: networkIsKnownFor });
  const keyOfKnown = ({ person, passwordHash, ip }: Omit<Attempt, "knownPlace">) =>
    createHash("sha256")
      .update([person, passwordHash, clientNetwork(ip)].join("\n"))
      .digest("base64url");
  const only6 = (ip: string, made: Counter) => (clientSite(ip) === ip ? none : made);
  const of = {
    address: (ip: string) => address(clientNetwork(ip)),
    site: (ip: string) => only6(ip, site(clientSite(ip))),
    mail: (ip: string) => mail(clientNetwork(ip)),
    mailOfSite: (ip: string) => only6(ip, mailOfSite(clientSite(ip))),
    personAndAddress: (person: string, ip: string) => personAndAddress(person, clientNetwork(ip)),
    personAndSite: (person: string, ip: string) => only6(ip, personAndSite(person, clientSite(ip))),
    newNetwork: (person: string, ip: string) => newNetwork(person, clientSite(ip)),
    person: counter("login-day", failuresPerPerson),
    allOthers: counter("login-others", triesOfAllOthers),
    knownPlace: counter("login-place", failuresPerKnownPlace),
  };
  return {
    ...of,
    isKnownNetwork: async (attempt: Attempt) => (await known.get(keyOfKnown(attempt))) !== null,
    async welcome(who: Omit<Attempt, "knownPlace">) {
      const { person, ip } = who;
      await Promise.all([
        of.personAndAddress(person, ip).forget(),
        of.personAndSite(person, ip).forget(),
        of.newNetwork(person, ip).forget(),
        known.set(keyOfKnown(who), 1, networkIsKnownFor),
      ]);
    },
  };
}

/** Of an IPv4 address, which has no customer to count it by. */
const none: Counter = { take: async () => undefined, giveBack: async () => {}, forget: async () => {} };

/** Counts under a name of its own, for all web processes. */
export function limiterFor(db: Db, keyPrefix: string, limit: Limit) {
  return new RateLimiterPostgres({
    storeClient: counterClient(db),
    storeType: "client",
    tableName: "login_limits",
    tableCreated: true,
    // One of them removes what has expired, of all.
    clearExpiredByTimeout: keyPrefix === "ip",
    keyPrefix,
    ...limit,
    insuranceLimiter: new RateLimiterMemory({ keyPrefix, ...limit }),
  });
}

async function takeOfAll(counters: Counter[]): Promise<Pick<NoPlace, "retryAfterSeconds"> | undefined> {
  for (const counter of counters) {
    const refused = await counter.take();
    if (refused) return { retryAfterSeconds: refused.retryAfterSeconds };
  }
  return undefined;
}

async function giveBack(counters: Counter[]): Promise<void> {
  await Promise.all(counters.map((counter) => counter.giveBack()));
}

/** What a limiter answers to whoever is one too many; undefined when there was a place. Throws what is no refusal. */
export async function refusal(consumed: Promise<RateLimiterRes>): Promise<NoPlace | undefined> {
  try {
    await consumed;
    return undefined;
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    const retryAfterSeconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1_000));
    return { retryAfterSeconds, count: refused.consumedPoints };
  }
}
