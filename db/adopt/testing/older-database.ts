/** Databases with tables of an earlier time, made by SQL, and the run that takes them over. For tests. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, inject } from "vitest";
import { migrate } from "../../migrate.ts";
import { administer, withDatabase } from "../../testing/test-database.ts";
import { type AdoptionOptions, createAdoption } from "../adoption.ts";

export interface OlderDatabase {
  url: string;
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Takes the tables over, with a seal that a test can read, and returns what the run says. */
  adopt(more?: Partial<AdoptionOptions> & { dryRun?: boolean; as?: string }): Promise<string[]>;
}

/** Not a secret at all: what a test can see in a row. */
const seal: AdoptionOptions["seal"] = (token, { tenantId, connectionId }) => ({
  accessTokenEnc: `sealed(${token.length}) ${tenantId} ${connectionId}`,
  sealed: { token_mark: `mark of ${token.length}` },
});

const toE164 = (text: string) => (/^[+]?[\d ]{8,20}$/.test(text) ? `+${text.replace(/\D/g, "")}` : null);

export const now = new Date("2026-03-01T12:00:00Z");

/** For a test file: makes databases of which nothing is left after each test. `schema` is run as the superuser. */
export function olderDatabases(): (schema: string) => Promise<OlderDatabase> {
  const template = `curbe_older_template_${randomBytes(6).toString("hex")}`;
  const adminUrl = inject("adminUrl");
  const endings: (() => Promise<void>)[] = [];
  beforeAll(() => makeTemplate(adminUrl, template));
  afterEach(async () => {
    for (const end of endings.splice(0)) await end();
  });
  afterAll(() => administer(adminUrl, `drop database if exists ${template} with (force)`));
  return async (schema) => {
    const name = `curbe_older_${randomBytes(6).toString("hex")}`;
    await administer(adminUrl, `create database ${name} template ${template}`);
    const url = withDatabase(adminUrl, name);
    const pool = new pg.Pool({ connectionString: url, max: 2, application_name: "curbe-test" });
    pool.on("error", () => {});
    endings.push(async () => {
      await pool.end();
      await administer(adminUrl, `drop database if exists ${name} with (force)`);
    });
    await pool.query(schema);
    return {
      url,
      async sql<Row>(text: string, values: unknown[] = []) {
        return (await pool.query(text, values)).rows as Row[];
      },
      async adopt({ dryRun = false, as, ...more } = {}) {
        const adoption = createAdoption({ now, seal, toE164, ...more });
        await migrate(as ?? url, { dryRun, adoption });
        return adoption.report();
      },
    };
  };
}

/** Without anything of ours but the job tables, which take longest to make and which nothing here is about. */
async function makeTemplate(adminUrl: string, template: string): Promise<void> {
  await administer(adminUrl, `create database ${template} template ${inject("template")}`);
  await administer(
    withDatabase(adminUrl, template),
    "drop schema app cascade; drop schema public cascade; create schema public authorization pg_database_owner; grant usage on schema public to public",
  );
}
