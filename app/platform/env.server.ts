/** Environment schemas. A missing or malformed variable stops the process naming the variable and never its value. */
import { z } from "zod";
import { equalSecrets, faultOf } from "./env-faults.server.ts";

export interface EnvProblem {
  variable: string;
  /** Never holds the value. */
  problem: string;
}

export class EnvError extends Error {
  override name = "EnvError";
  readonly problems: EnvProblem[];

  constructor(problems: EnvProblem[]) {
    super(problems.map(({ variable, problem }) => `${variable}: ${problem}`).join("\n"));
    this.problems = problems;
  }

  get variables(): string[] {
    return this.problems.map(({ variable }) => variable);
  }
}

/**
 * Throws `EnvError` with every offending variable of the schema: missing, malformed, with what copying leaves around a
 * value, or a secret that is another one's. Empty strings count as unset.
 */
export function parseEnv<Schema extends z.ZodObject>(
  schema: Schema,
  env: Record<string, string | undefined>,
): z.infer<Schema> {
  const present = Object.fromEntries(
    Object.keys(schema.shape).flatMap((variable) => {
      const value = env[variable];
      return value ? [[variable, value]] : [];
    }),
  );
  const problems = new Map<string, string>();
  for (const [variable, value] of Object.entries(present)) {
    const fault = faultOf(variable, value);
    if (fault) problems.set(variable, fault);
  }
  const parsed = schema.safeParse(present);
  for (const issue of parsed.error?.issues ?? []) {
    const variable = String(issue.path[0]);
    if (problems.has(variable)) continue;
    problems.set(variable, variable in present ? issue.message : "is required and not set");
  }
  for (const [variable, problem] of equalSecrets(present))
    if (!problems.has(variable)) problems.set(variable, problem);
  if (parsed.success && problems.size === 0) return parsed.data;
  throw new EnvError([...problems].map(([variable, problem]) => ({ variable, problem })));
}

/** For a process's entry: the parsed environment, or one line for each problem on standard error and exit code 78. */
export function envOrExit<Schema extends z.ZodObject>(schema: Schema): z.infer<Schema> {
  try {
    return parseEnv(schema, process.env);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    process.stderr.write(`${error.message}\nscripts/operate/README.md says what each is for.\n`);
    process.exit(78);
  }
}

// Messages are our own: zod's defaults may quote the input.

export const databaseUrl = z
  .string({ error: "must be a postgres:// URL" })
  .refine((value) => /^postgres(ql)?:\/\//.test(value) && URL.canParse(value), {
    error: "must be a postgres:// URL",
  });

export const httpUrl = z
  .string({ error: "must be an http(s) URL" })
  .refine((value) => /^https?:\/\//.test(value) && URL.canParse(value), { error: "must be an http(s) URL" })
  .transform((value) => value.replace(/\/+$/, ""));

export const port = z
  .string()
  .regex(/^\d{1,5}$/, { error: "must be a port number" })
  .transform(Number)
  .refine((value) => value <= 65_535, { error: "must be a port number" });

/** pino's. */
export const logLevel = z
  .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], {
    error: "must be fatal, error, warn, info, debug, trace or silent",
  })
  .default("info");

export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: `must be a whole number from ${least} to ${most}` })
    .transform(Number)
    .refine((value) => value >= least && value <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    });

export const metaId = z.string().regex(/^\d{5,32}$/, { error: "must be Meta's numeric id" });

export const graphVersion = z.string().regex(/^v\d{1,3}\.\d$/, { error: 'must look like "v25.0"' });

export const secretText = z.string().min(8, { error: "must be at least 8 characters" });

/** A secret that a program sends as `Authorization: Bearer …`: what no header can carry so would never be right. */
export const bearerToken = secretText.regex(/^[\x21-\x7e]+$/, {
  error: "must be letters, digits and signs without a space or accent, as a header carries it",
});

/** Exactly 32 bytes in canonical base64 (or base64url): a key that decodes to anything else would weaken every token. */
export const key32 = z.string().refine(isKey32, { error: "must be 32 bytes in base64" });

export const commaList = <Item extends z.ZodType<string, string>>(item: Item) =>
  z
    .string()
    .transform((value) => value.split(",").map((part) => part.trim()))
    .pipe(z.array(item));

function isKey32(value: string): boolean {
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(value)) return false;
  return Buffer.from(value, "base64").length === 32;
}
