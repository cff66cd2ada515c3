/** What keeps older tables from being taken over, and the one error that says all of it. */

export interface Problem {
  table: string;
  column?: string | undefined;
  rows?: number | undefined;
  /** What is wrong, without a secret and without a whole phone number. */
  what: string;
  /** What an operator does about it. */
  todo: string;
}

/** Older tables stand where ours belong and cannot be taken over as they are. Nothing was changed. */
export class CannotAdoptError extends Error {
  override name = "CannotAdoptError";
  readonly problems: Problem[];

  constructor(problems: Problem[]) {
    const head = "Nothing was changed: the tables of an earlier time cannot be taken over as they are.";
    super([head, ...problems.map(lineOf)].join("\n"));
    this.problems = problems;
  }
}

function lineOf({ table, column, rows, what, todo }: Problem): string {
  const place = column === undefined ? table : `${table}.${column}`;
  const count = rows === undefined ? "" : `, ${countOf(rows, "row")}`;
  return `- ${place}${count}: ${what}. ${todo}`;
}

/** `1 row`, `2 rows`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
