/** Runs checks side by side. Each has a time limit, none can throw, and one that lacks a variable is skipped. */

import type { EnvProblem } from "../../app/platform/env.server.ts";
import { sqlState } from "../../db/client.ts";
import type { Values } from "./environment.ts";
import { type Finding, fail, skip } from "./findings.ts";

export interface Patient {
  /** Every variable of web and worker that is set and well-formed, with defaults. */
  values: Values;
  problems: EnvProblem[];
  /** For one request or query. */
  timeoutMs: number;
  /** For a whole check; larger than `timeoutMs`, so that a check can say itself what was late. */
  limitMs: number;
  /** The environment is that of a running `npm run dev`. */
  isDev?: boolean;
  /** Milliseconds since 1970, by this machine's clock. */
  now(): number;
}

export interface Check {
  subject: string;
  needs: (keyof Values)[];
  run(patient: Patient): Promise<Finding[]>;
}

type Known<Name extends keyof Values> = Values & { [Key in Name]-?: NonNullable<Values[Key]> };

/** A check that runs only when the variables it needs are known. */
export function check<Name extends keyof Values>(
  subject: string,
  needs: Name[],
  work: (env: Known<Name>, patient: Patient) => Promise<Finding[]>,
): Check {
  return { subject, needs, run: (patient) => work(patient.values as Known<Name>, patient) };
}

/** Thrown by a check that cannot be carried out for a reason that another check reports. The message is printed. */
export class NotPossible extends Error {
  override name = "NotPossible";
}

/** All findings, in the order of the checks, after at most `limitMs`. Never throws. */
export async function examine(patient: Patient, checks: Check[]): Promise<Finding[]> {
  const found = await Promise.all(checks.map((one) => runOne(patient, one)));
  return found.flat();
}

async function runOne(patient: Patient, { subject, needs, run }: Check): Promise<Finding[]> {
  const missing = needs.filter((name) => patient.values[name] === undefined);
  if (missing.length > 0) return [skip(subject, `needs ${missing.join(", ")}`)];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding[]>((resolve) => {
    const says = `was not finished after ${patient.limitMs / 1000} s`;
    timer = setTimeout(
      () => resolve([fail(subject, says, "something in between hangs: try again")]),
      patient.limitMs,
    );
  });
  try {
    return await Promise.race([run(patient), late]);
  } catch (error) {
    if (error instanceof NotPossible) return [skip(subject, error.message)];
    const says = `could not be looked at (${kindOf(error)})`;
    return [fail(subject, says, "try again; if it stays so, report it with this line")];
  } finally {
    clearTimeout(timer);
  }
}

/** A foreign message may quote its input: only the kind of error is told. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return [error.name, sqlState(error)].filter(Boolean).join(" ");
}
