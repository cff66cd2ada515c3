/** The variables of web and worker, each looked at by itself, so that one bad one does not hide the rest. */
import { z } from "zod";
import { databaseRules } from "../../app/platform/database-env.server.ts";
import { EnvError, type EnvProblem, parseEnv } from "../../app/platform/env.server.ts";
import { equalSecrets } from "../../app/platform/env-faults.server.ts";
import { type WebEnv, webEnv } from "../../app/web/env.server.ts";
import { loginRoles } from "../../db/logins.ts";
import { type WorkerEnv, workerEnv } from "../../worker/env.ts";
import { type Finding, fail, ok } from "./findings.ts";

export type Values = Partial<WebEnv & WorkerEnv>;

type Variables = Record<string, string | undefined>;

const shape: Record<string, z.ZodType> = { ...workerEnv.shape, ...webEnv.shape };

/** What to do about a variable that is missing or malformed. */
const remedies: Record<string, string> = {
  DATABASE_URL_WEB: "npm run db:logins prints it",
  DATABASE_URL_OPERATOR: "npm run db:logins prints it",
  DATABASE_URL_WORKER: "npm run db:logins prints it",
  DATABASE_URL: "postgres://user:password@host:5432/database; %-encode what is special in the password",
  META_APP_ID: "App Dashboard → App settings → Basic → App ID",
  META_APP_SECRET: "App Dashboard → App settings → Basic → App secret",
  META_REDIRECT_URI: "APP_ORIGIN followed by /api/integrations/meta/whatsapp/callback",
  META_WEBHOOK_VERIFY_TOKEN: "make one up (openssl rand -hex 24) and give Meta the same",
  META_CONFIG_ID: "Facebook Login for Business → Configurations shows the id; digits only",
  META_GRAPH_VERSION: "leave it unset for the version this build was made for",
  TOKEN_ENCRYPTION_KEY_BASE64:
    "new installation: openssl rand -base64 32; else the very key that sealed the stored tokens",
  TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64: "former values of TOKEN_ENCRYPTION_KEY_BASE64, with commas between",
  SMTP_URL: "smtps://user:password@host:465, or smtp://…:587; %-encode what is special in the password",
  MAIL_FROM: "an address your mail server may send from, such as Curbe <no-reply@example.com>",
  SESSION_SECRETS: "openssl rand -hex 32",
  APP_ORIGIN: "the address people open, such as https://app.example.com, without a path",
};

/** Parses each variable with the schema of its process, then looks for secrets that are equal. Empty strings count as unset. */
export function readEnvironment(variables: Variables): { values: Values; problems: EnvProblem[] } {
  const values: Record<string, unknown> = {};
  const problems: EnvProblem[] = [];
  for (const [variable, schema] of Object.entries(shape)) {
    try {
      Object.assign(values, parseEnv(z.object({ [variable]: schema }), variables));
    } catch (error) {
      if (!(error instanceof EnvError)) throw error;
      problems.push(...error.problems.slice(0, 1));
    }
  }
  settleDatabase(values as Values, problems);
  const known = new Set(problems.map(({ variable }) => variable));
  for (const [variable, problem] of equalSecrets(setAmong(variables)))
    if (!known.has(variable)) problems.push({ variable, problem });
  return { values: values as Values, problems };
}

/** What the processes need together of the URLs of the database. Checks that need any take DATABASE_URL. */
function settleDatabase(values: Values, problems: EnvProblem[]): void {
  for (const { variable, isMet } of databaseRules(...Object.keys(loginRoles))) {
    const isNamed = problems.some((one) => one.variable === variable);
    if (!isNamed && !isMet(values)) problems.push({ variable, problem: "is required and not set" });
  }
  const known = values.DATABASE_URL ?? values.DATABASE_URL_WEB ?? values.DATABASE_URL_WORKER;
  if (known) values.DATABASE_URL = known;
}

/** One line for each variable that would stop a process, or one for all that are in order. */
export function judgeEnvironment({ problems }: { problems: EnvProblem[] }): Finding[] {
  if (problems.length === 0) return [ok("environment", "every variable of web and worker is well-formed")];
  return problems.map(({ variable, problem }) =>
    fail(
      variable,
      `${problem} (${processesOf(variable)})`,
      remedies[variable] ?? "see scripts/operate/README.md",
    ),
  );
}

/** True when nobody configured anything here. `npm run dev` may be given a DATABASE_URL, so that one does not count. */
export function isUnset(variables: Variables): boolean {
  return Object.entries(shape).every(
    ([variable, schema]) =>
      variable === "DATABASE_URL" || !variables[variable] || schema.safeParse(undefined).success,
  );
}

function setAmong(variables: Variables): Record<string, string> {
  const set = Object.keys(shape).flatMap((name) => (variables[name] ? [[name, variables[name]]] : []));
  return Object.fromEntries(set);
}

function processesOf(variable: string): string {
  const names = [variable in webEnv.shape ? "web" : "", variable in workerEnv.shape ? "worker" : ""];
  return names.filter(Boolean).join(" and ");
}
