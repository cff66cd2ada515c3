/** What each step of a connection came to, and when: built along the flow, kept with the connection. Pure. */
import { type ConnectionFacts, type StepMark, stepsIn } from "../../../db/queries/connections/facts.ts";
import type { Reach, ReachStep } from "../channel.server.ts";
import { type ConnectStep, connectSteps, type StepState } from "./setup-steps.ts";

/** The steps up to the connect, by name. The later ones stand with the connection under names of their own. */
export type SetupProgress = { [step in ConnectStep]?: StepMark | undefined };

/** Of a connection's facts or an event's detail; what cannot be read, and a step that is none here, counts as not done. */
export function progressOf({ steps }: { steps?: unknown }): SetupProgress {
  const known = Object.entries(stepsIn({ steps })).filter(([step]) =>
    connectSteps.some((one) => one === step),
  );
  return Object.fromEntries(known);
}

export function stepsDone(progress: SetupProgress, at: Date, ...steps: ConnectStep[]): SetupProgress {
  const done = steps.map((step) => [step, { result: "done" as const, at: at.toISOString() }]);
  return { ...progress, ...Object.fromEntries(done) };
}

export function stepFailed(
  progress: SetupProgress,
  at: Date,
  step: ConnectStep,
  code: string,
): SetupProgress {
  return { ...progress, [step]: { result: "failed", at: at.toISOString(), code } };
}

/** What reading a grant's reach has shown. */
export function progressOfReach(progress: SetupProgress, reach: Reach, at: Date): SetupProgress {
  if (reach.missingPermissions.length > 0)
    return stepFailed(progress, at, "access_seen", "permission_missing");
  const seen = stepsDone(progress, at, "access_seen");
  if (reach.accountIds.length === 0) return stepFailed(seen, at, "account_found", "no_number");
  const found = stepsDone(seen, at, "account_found");
  return reach.numbers.length === 0 ? stepFailed(found, at, "number_proved", "no_number") : found;
}

const reachSteps: ReachStep[] = ["access_seen", "account_found", "number_proved"];

/** Reading a grant's reach has failed at one of its steps: those before it are done. */
export function progressOfFailure(
  progress: SetupProgress,
  step: ReachStep,
  code: string,
  at: Date,
): SetupProgress {
  const before = reachSteps.slice(0, reachSteps.indexOf(step));
  return stepFailed(stepsDone(progress, at, ...before), at, step, code);
}

/** Every step in order: those done before the connect, what the worker did since, and the first delivery seen. */
export function stepStates(facts: ConnectionFacts, firstEventAt: Date | null): StepState[] {
  const { deliveries, registration } = facts;
  const known: SetupProgress = {
    ...progressOf(facts),
    deliveries_on: laterMark(deliveries?.state === "on", deliveries?.state === "failed", deliveries),
    number_registered: laterMark(
      registration?.result === "registered",
      registration?.result === "failed",
      registration,
    ),
    first_event_seen: firstEventAt ? { result: "done", at: firstEventAt.toISOString() } : undefined,
  };
  return connectSteps.map((step) => {
    const { result = "waiting", code = null, at } = known[step] ?? {};
    return { step, result, code: result === "failed" ? code : null, at: at ? new Date(at) : null };
  });
}

function laterMark(
  isDone: boolean,
  isFailed: boolean,
  told: { at?: string | undefined; code?: string | undefined } | undefined,
): SetupProgress[ConnectStep] {
  if (!told?.at || (!isDone && !isFailed)) return undefined;
  const code = told.code === undefined ? {} : { code: told.code };
  return { result: isDone ? "done" : "failed", at: told.at, ...code };
}
