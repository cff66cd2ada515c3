/** Who the processes are to the database: all one user who may act as everybody, or logins of their own. */
import type { DbRole } from "../../../db/client.ts";
import { faultsOfLogin, type LoginVariable, loginRoles } from "../../../db/logins.ts";
import { check, type Patient } from "../examine.ts";
import { type Finding, fail, faultsOr, ok, warn } from "../findings.ts";
import { DatabaseAway, type Session, withSession } from "./database-session.ts";

const subject = "app roles";
const roles: DbRole[] = [
  ...(["app_owner", "app_web", "app_tenant", "app_ingest", "app_jobs", "app_operator", "app_clock"] as const),
];
const variables = Object.keys(loginRoles) as LoginVariable[];

/** Whether each login may act in the roles it needs and in no more, and whether none of the roles is too mighty. */
export const rolesCheck = check(subject, ["DATABASE_URL"], async (env, patient) => {
  const own = variables.flatMap((variable) => {
    const url = env[variable];
    return url ? [{ variable, url }] : [];
  });
  // Where only the others are known, one of them stands for it.
  const isShared = !own.some(({ url }) => url === env.DATABASE_URL);
  const shared = await withSession(env.DATABASE_URL, patient, async (session) => [
    ...(isShared ? await judgeShared(session) : []),
    ...(await judgeMight(session)),
  ]);
  const judged = await Promise.all(own.map((one) => judgeOwn(one, patient)));
  return faultsOr([...shared, ...judged.flat()], inForce(own.length));
});

function inForce(own: number): Finding {
  if (own === variables.length) {
    return ok(
      subject,
      "web, operators' pages and worker have logins of their own, which reach no other role",
    );
  }
  if (own === 0) {
    return ok(
      subject,
      `DATABASE_URL may act as all ${roles.length}, in web and worker too; npm run db:logins makes separate logins`,
    );
  }
  const others = `only ${own} of ${variables.join(", ")} are set; the rest comes in as DATABASE_URL, the owner`;
  return warn(subject, others, "npm run db:logins prints all of them");
}

async function judgeOwn(
  { variable, url }: { variable: LoginVariable; url: string },
  patient: Patient,
): Promise<Finding[]> {
  try {
    const faults = await withSession(url, patient, async (session) => {
      const { rows } = await session.query<{ name: string }>("select session_user::text as name");
      return faultsOfLogin(session, rows[0]?.name ?? "", variable);
    });
    const toDo = "npm run db:logins puts its own logins right; for another, REVOKE and ALTER ROLE by hand";
    return faults.map((fault) => fail(subject, `the user of ${variable} ${fault}`, toDo));
  } catch (error) {
    if (!(error instanceof DatabaseAway)) throw error;
    return [fail(subject, `${variable}: ${error.why}`, error.toDo.replace("DATABASE_URL", variable))];
  }
}

async function judgeShared(session: Session): Promise<Finding[]> {
  const refused: string[] = [];
  for (const role of roles) if (!(await mayActAs(session, role))) refused.push(role);
  if (refused.length === 0) return [];
  const says = `the user of DATABASE_URL may not SET ROLE to ${refused.join(", ")}`;
  const toDo = `npm run db:migrate with this same user makes and grants them; or GRANT ${refused[0]}, … TO it`;
  return [fail(subject, says, toDo)];
}

async function judgeMight(session: Session): Promise<Finding[]> {
  const { rows } = await session.query<{ rolname: string }>(
    "select rolname from pg_roles where rolname = any($1) and (rolsuper or rolbypassrls) order by 1",
    [roles],
  );
  if (rows.length === 0) return [];
  const mighty = rows.map(({ rolname }) => rolname).join(", ");
  const toDo = "ALTER ROLE … NOSUPERUSER NOBYPASSRLS";
  return [fail(subject, `${mighty}: past every wall between tenants`, toDo)];
}

async function mayActAs(session: Session, role: DbRole): Promise<boolean> {
  await session.query("begin");
  try {
    await session.query(`set local role ${role}`);
    return true;
  } catch {
    return false;
  } finally {
    await session.query("rollback");
  }
}
