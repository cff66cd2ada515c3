/** Keys: which of them the stored tokens were sealed under, told by the key id in the text; nothing is opened. */
import { keyIdOf, sealedKeyId } from "../../../app/integrations/crypto.server.ts";
import { check, NotPossible } from "../examine.ts";
import { type Finding, fail, faultsOr, ok } from "../findings.ts";
import { readAs, type Session, withSession } from "./database-session.ts";

const subject = "sealed tokens";

/** Every token must have its key here: one that has not cannot be opened, and its number must be connected again. */
export const sealedTokensCheck = check(
  subject,
  ["DATABASE_URL", "TOKEN_ENCRYPTION_KEY_BASE64"],
  async (env, patient) => {
    const sealed = await withSession(env.DATABASE_URL, patient, countByStart);
    const previous = env.TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64 ?? [];
    return judgeSealed(sealed, {
      primary: keyIdOf(env.TOKEN_ENCRYPTION_KEY_BASE64),
      previous: previous.map(keyIdOf),
    });
  },
);

/** The first signs, all are accepted. */
export const sessionSecretsCheck = check(
  "session secrets",
  ["SESSION_SECRETS"],
  async ({ SESSION_SECRETS }) => {
    const count = SESSION_SECRETS.length;
    return [
      ok("session secrets", count === 1 ? "one" : `${count}; the first signs, the others are still accepted`),
    ];
  },
);

interface SealedCount {
  /** `table.column` */
  place: string;
  /** The first 12 characters: version and key id. */
  start: string;
  count: number;
}

/** All columns named `…_enc`, so that a table that comes to hold tokens later is not forgotten. */
async function countByStart(session: Session): Promise<SealedCount[]> {
  const { rows: places } = await session.query<{ place: string; select: string }>(
    `select c.relname || '.' || a.attname as place,
            format('select left(%1$I, 12) as start, count(*)::int as count from %2$s where %1$I is not null group by 1',
                   a.attname, c.oid::regclass) as select
       from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
        and a.attname like '%\\_enc' and a.atttypid = 'text'::regtype and not a.attisdropped
      order by 1`,
  );
  if (places.length === 0) throw new NotPossible("this database has none of our tables: see migrations");
  const counts: SealedCount[] = [];
  for (const { place, select } of places) {
    const rows = await readAs<{ start: string; count: number }>(session, "app_owner", select);
    counts.push(...rows.map((row) => ({ place, ...row })));
  }
  return counts;
}

/** `keys` by their ids. */
export function judgeSealed(sealed: SealedCount[], keys: { primary: string; previous: string[] }): Finding[] {
  const under = (matches: (id: string | undefined) => boolean) =>
    sealed.filter(({ start }) => matches(sealedKeyId(start)));
  const current = under((id) => id === keys.primary);
  const former = under((id) => id !== undefined && id !== keys.primary && keys.previous.includes(id));
  const unknown = under((id) => id !== undefined && id !== keys.primary && !keys.previous.includes(id));
  const malformed = under((id) => id === undefined);
  const inUse = `${sum(current)} under the primary key, ${sum(former)} under previous ones`;
  const faults: Finding[] = [];
  if (unknown.length > 0) {
    const ids = [...new Set(unknown.map(({ start }) => sealedKeyId(start)))].join(", ");
    const toDo =
      "add the key to TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64; if it is lost, these numbers must be connected again";
    faults.push(
      fail(
        subject,
        `${told(unknown)} under a key that is not here (key id ${ids}): they cannot be opened; ${inUse}`,
        toDo,
      ),
    );
  }
  if (malformed.length > 0) {
    const toDo = "something else wrote there: connect these numbers again";
    faults.push(
      fail(subject, `${told(malformed)} not in our sealed form: they cannot be opened; ${inUse}`, toDo),
    );
  }
  return faultsOr(faults, ok(subject, `${inUse}; all have their key`));
}

function told(counts: SealedCount[]): string {
  const places = [...new Set(counts.map(({ place }) => place))];
  return places.map((place) => `${sum(counts.filter((one) => one.place === place))} in ${place}`).join(", ");
}

function sum(counts: SealedCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}
