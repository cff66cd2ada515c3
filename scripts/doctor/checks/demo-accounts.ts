/** Accounts whose password anybody can read in scripts/seed.ts. */
import { verifyPassword } from "../../../app/platform/passwords.server.ts";
import { demoPassword, demoPeople } from "../../seed.ts";
import { check } from "../examine.ts";
import { type Finding, fail, faultsOr, ok, warn } from "../findings.ts";
import { readAs, type Session, withSession } from "./database-session.ts";

const subject = "demo accounts";
/** A password takes some 30 ms to try. */
const mostTried = 40;

/**
 * Those with a demo address and the newest of the platform's staff, tried with the demo password. Whoever is disabled
 * cannot sign in. In the database of `npm run dev` they belong.
 */
export const demoAccountsCheck = check(subject, ["DATABASE_URL"], async ({ DATABASE_URL }, patient) => {
  if (patient.isDev) return [ok(subject, "as npm run dev makes them, on this machine only")];
  return withSession(DATABASE_URL, patient, async (session) => judge(await candidates(session)));
});

interface Candidate {
  email: string;
  passwordHash: string;
  isStaff: boolean;
  isDemo: boolean;
}

async function candidates(session: Session): Promise<Candidate[]> {
  const addresses = demoPeople.map(({ email }) => `'${email}'`).join(", ");
  return readAs<Candidate>(
    session,
    "app_owner",
    `select u.email, u.password_hash as "passwordHash", s.user_id is not null as "isStaff",
            lower(u.email) in (${addresses}) as "isDemo"
       from users u left join platform_staff s on s.user_id = u.id
      where u.disabled_at is null and (s.user_id is not null or lower(u.email) in (${addresses}))
      order by lower(u.email) in (${addresses}) desc, u.created_at desc limit ${mostTried}`,
  );
}

async function judge(people: Candidate[]): Promise<Finding[]> {
  const tried = await Promise.all(
    people.map(async (one) => ({ ...one, isOpen: await isOpen(one.passwordHash) })),
  );
  const open = tried.filter((one) => one.isOpen);
  const changed = tried.filter((one) => one.isDemo && !one.isOpen);
  const faults: Finding[] = [];
  if (open.length > 0) {
    const says = `${named(open)} can be signed in to with the demo password, which is public`;
    faults.push(fail(subject, says, "npm run user:disable for each, or npm run user:password"));
  }
  if (changed.length > 0) {
    const says = `${named(changed)}: made by db:seed, with a password of their own since`;
    faults.push(warn(subject, says, "npm run user:disable for those that nobody uses"));
  }
  return faultsOr(faults, ok(subject, "none, and no staff account has the demo password"));
}

/** A hash that is none opens to nobody. */
async function isOpen(passwordHash: string): Promise<boolean> {
  return verifyPassword(passwordHash, demoPassword).catch(() => false);
}

function named(people: Candidate[]): string {
  return people.map(({ email, isStaff }) => (isStaff ? `${email} (staff)` : email)).join(", ");
}
