/** A database with tables of an earlier time, made by SQL, and the run that takes them over. For tests. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";
import { migrate } from "../../migrate.ts";
import { administer, withDatabase } from "../../testing/test-database.ts";
import { type AdoptionOptions, createAdoption } from "../adoption.ts";

export interface OlderDatabase {
  url: string;
  sql<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Takes the tables over, with a seal that a test can read, and answers what the run says. */
  adopt(more?: Partial<AdoptionOptions> & { dryRun?: boolean; as?: string }): Promise<string[]>;
  drop(): Promise<void>;
}

export const now = new Date("2026-03-01T12:00:00Z");

/** Not a secret at all: what a test can see in a row. */
export const seal: AdoptionOptions["seal"] = (token, { tenantId, connectionId }) => ({
  accessTokenEnc: `sealed(${token.length}) ${tenantId} ${connectionId}`,
  sealed: { token_mark: `mark of ${token.length}` },
});

/** `schema` is run as the superuser. */
export async function createOlderDatabase(schema: string): Promise<OlderDatabase> {
  const name = `curbe_older_${randomBytes(6).toString("hex")}`;
  const adminUrl = inject("adminUrl");
  await administer(adminUrl, `create database ${name} template template0`);
  const url = withDatabase(adminUrl, name);
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: "curbe-test" });
  pool.on("error", () => {});
  await pool.query(schema);
  return {
    url,
    async sql<Row>(text: string, values: unknown[] = []) {
      return (await pool.query(text, values)).rows as Row[];
    },
    async adopt({ dryRun = false, as, ...more } = {}) {
      const toE164 = (text: string) =>
        /^[+]?[\d ]{8,20}$/.test(text) ? `+${text.replace(/\D/g, "")}` : null;
      const adoption = createAdoption({ now, seal, toE164, ...more });
      await migrate(as ?? url, { dryRun, adoption });
      return adoption.report();
    },
    async drop() {
      await pool.end();
      await administer(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}
