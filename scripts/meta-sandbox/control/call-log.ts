const KEPT_CALLS = 1000;

/** One Graph call as the sandbox saw it, with nothing secret in it. */
export interface RecordedCall {
  at: number;
  method: string;
  /** As requested, with the version segment. */
  path: string;
  endpoint: string;
  auth: "bearer" | "query" | "body" | "none";
  hasProof: boolean;
  /** null: the connection was reset without an answer, or the answer is still pending. */
  status: number | null;
}

export interface CallLog {
  record(call: RecordedCall): RecordedCall;
  list(): RecordedCall[];
  /** Code exchanges that reached the sandbox, whatever became of them. A code must never be tried twice. */
  exchangeAttempts(): number;
  clear(): void;
}

export function createCallLog(): CallLog {
  let calls: RecordedCall[] = [];
  let exchanges = 0;
  return {
    record: (call) => {
      calls.push(call);
      if (calls.length > KEPT_CALLS) calls.shift();
      if (call.endpoint === "exchange") exchanges += 1;
      return call;
    },
    list: () => structuredClone(calls),
    exchangeAttempts: () => exchanges,
    clear: () => {
      calls = [];
      exchanges = 0;
    },
  };
}
