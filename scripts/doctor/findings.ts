/** What a check found, and how it is told. */

/** One line of the report. `says` and `toDo` are our own words: no value of a secret, no text of another system. */
export interface Finding {
  status: "ok" | "warn" | "FAIL" | "skip";
  subject: string;
  says: string;
  toDo?: string;
}

export const ok = (subject: string, says: string): Finding => ({ status: "ok", subject, says });
export const warn = (subject: string, says: string, toDo: string): Finding => ({
  status: "warn",
  subject,
  says,
  toDo,
});
export const fail = (subject: string, says: string, toDo: string): Finding => ({
  status: "FAIL",
  subject,
  says,
  toDo,
});
export const skip = (subject: string, says: string): Finding => ({ status: "skip", subject, says });

/** The faults, or when there are none the line that says so. */
export const faultsOr = (faults: Finding[], good: Finding): Finding[] =>
  faults.length > 0 ? faults : [good];

export interface Report {
  /** Where the environment came from, in words. */
  environment: string;
  findings: Finding[];
}

/** Warnings do not fail, and neither does what could not be looked at: its cause has a line of its own. */
export function hasFailed({ findings }: Report): boolean {
  return findings.some(({ status }) => status === "FAIL");
}

/** One line for each finding, then the sum. */
export function asText(report: Report): string {
  const width = Math.max(...report.findings.map(({ subject }) => subject.length));
  const lines = report.findings.map(({ status, subject, says, toDo }) =>
    [status.padEnd(4), subject.padEnd(width), says + (toDo ? `  → ${toDo}` : "")].join("  "),
  );
  return [`Environment: ${report.environment}.`, "", ...lines, "", `${summary(report)}.`].join("\n");
}

/** The same as one JSON document. */
export function asJson(report: Report): string {
  const { environment, findings } = report;
  return JSON.stringify(
    { passed: !hasFailed(report), environment, summary: summary(report), findings },
    null,
    2,
  );
}

function summary({ findings }: Report): string {
  const count = (wanted: Finding["status"]) => findings.filter(({ status }) => status === wanted).length;
  return `${count("ok")} ok, ${count("warn")} warn, ${count("FAIL")} FAIL, ${count("skip")} skip`;
}
