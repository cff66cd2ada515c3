/** What it takes until a number works, in order. The browser may import this file: keep libraries out of it. */
export const connectSteps = [
  "state_checked",
  "code_exchanged",
  "access_seen",
  "account_found",
  "number_proved",
  "deliveries_on",
  "number_registered",
  "first_event_seen",
] as const;

export type ConnectStep = (typeof connectSteps)[number];

/** `waiting`: nobody has failed at it, it is still to come. */
export interface StepState {
  step: ConnectStep;
  result: "done" | "failed" | "waiting";
  /** Why it failed, for words and for quoting; null otherwise. */
  code: string | null;
  /** Null while waiting. */
  at: Date | null;
}
