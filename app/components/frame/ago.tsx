import { usePageFacts } from "./page-context.tsx";
import { writeTime } from "./time.tsx";

interface Step {
  unit: Intl.RelativeTimeFormatUnit;
  seconds: number;
}

const day: Step = { unit: "day", seconds: 86_400 };
const steps: Step[] = [day, { unit: "hour", seconds: 3_600 }, { unit: "minute", seconds: 60 }];
const now: Step = { unit: "second", seconds: Number.POSITIVE_INFINITY };

/** How long ago a moment was, in whole units: `3 min ago`, `yesterday`, and `now`; in days only: `today`. */
export function writeAgo(moment: Date, at: Date, language: string, inDays = false): string {
  const past = Math.max(0, (at.getTime() - moment.getTime()) / 1000);
  const { unit, seconds } = inDays ? day : (steps.find((step) => past >= step.seconds) ?? now);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  return format.format(-Math.floor(past / seconds), unit);
}

/** A moment by its distance; the whole time is in the title. */
export function Ago({ at, inDays = false }: { at: Date | string; inDays?: boolean }) {
  const { language, timeZone } = usePageFacts();
  const moment = new Date(at);
  return (
    <time
      dateTime={moment.toISOString()}
      title={writeTime(moment, { language, timeZone, length: "full" })}
      className="inline-block"
      // Time passes between the server's words and the browser's.
      suppressHydrationWarning
    >
      {writeAgo(moment, new Date(), language, inDays)}
    </time>
  );
}
