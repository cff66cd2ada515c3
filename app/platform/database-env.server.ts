/** Where a process finds the database: under a login of its own, or under the one of DATABASE_URL. */
import type { z } from "zod";
import { databaseUrl } from "./env.server.ts";

/** For the schema of a process that has these logins, together with `requireDatabase`. */
export const databaseVariables = <Own extends string>(...own: Own[]) => ({
  DATABASE_URL: databaseUrl.optional(),
  ...(Object.fromEntries(own.map((name) => [name, databaseUrl.optional()])) as Record<
    Own,
    z.ZodOptional<typeof databaseUrl>
  >),
});

interface DatabaseRule {
  variable: string;
  isMet(env: Record<string, unknown>): boolean;
}

/** DATABASE_URL may be missing only where each of `own` is there; with none of them, it is the one to be named. */
export function databaseRules(...own: string[]): DatabaseRule[] {
  return [
    { variable: "DATABASE_URL", isMet: (env) => Boolean(env.DATABASE_URL) || own.some((name) => env[name]) },
    ...own.map((variable) => ({
      variable,
      isMet: (env: Record<string, unknown>) =>
        Boolean(env.DATABASE_URL || env[variable]) || !own.some((name) => env[name]),
    })),
  ];
}

/** Adds the rules to the schema of a process. They are looked at whatever else is wrong, so that all is named at once. */
export function requireDatabase<Schema extends z.ZodObject>(schema: Schema, ...own: string[]): Schema {
  return databaseRules(...own).reduce(
    (ruled, { variable, isMet }) =>
      ruled.refine(isMet, {
        path: [variable],
        error: "is required and not set",
        when: ({ issues }) => !issues.some(({ path }) => path?.[0] === variable),
      }),
    schema,
  );
}

/** The process's own URL, else DATABASE_URL. Of an environment that passed `requireDatabase`. */
export function databaseUrlOf<Own extends string>(
  env: { [Name in Own | "DATABASE_URL"]?: string | undefined },
  own: Own,
): string {
  const url = env[own] ?? env.DATABASE_URL;
  if (!url) throw new Error(`Neither ${own} nor DATABASE_URL is set.`);
  return url;
}
