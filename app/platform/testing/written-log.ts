/** What was logged, as the process would write it: for looking whether it says too much. For tests. */
import { createLog, type LogFields } from "../log.server.ts";

/** All of `lines`, through the product's own log: errors reduced, fields that are not on its list dropped. */
export function writtenLog(lines: ({ message: string } & LogFields)[]): string {
  const written: string[] = [];
  const log = createLog("worker", { write: (line: string) => void written.push(line) });
  for (const { message, ...fields } of lines) log.warn(message, fields);
  return written.join("");
}
