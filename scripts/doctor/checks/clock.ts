/** Clocks: states, tokens and claims of numbers carry times that several machines compare. */
import { type Finding, fail, ok, warn } from "../findings.ts";

/** `offsetMs` is the other clock minus ours. */
export function judgeClock(subject: string, other: string, offsetMs: number): Finding {
  const away = Math.abs(offsetMs);
  if (away <= 2_000) return ok(subject, `within 2 s of ${other}`);
  const seconds = (away / 1000).toFixed(away < 10_000 ? 1 : 0);
  const says = `this machine is ${seconds} s ${offsetMs > 0 ? "behind" : "ahead of"} ${other}`;
  const toDo = "one of the two clocks is wrong: let NTP (chrony, systemd-timesyncd) set both";
  return away > 30_000 ? fail(subject, says, toDo) : warn(subject, says, toDo);
}

/** A `Date` header has whole seconds, so the moment lies half a second after it on average. */
export function judgeDateHeader(
  subject: string,
  other: string,
  header: string | null,
  answeredAt: number,
): Finding[] {
  const told = Date.parse(header ?? "");
  return Number.isNaN(told) ? [] : [judgeClock(subject, other, told + 500 - answeredAt)];
}
