import { usePageFacts } from "./page-context.tsx";
import { writeTime } from "./time.tsx";

const steps: { unit: Intl.RelativeTimeFormatUnit; seconds: number }[] = [
  { unit: "day", seconds: 86_400 },
  { unit: "hour", seconds: 3_600 },
  { unit: "minute", seconds: 60 },
];

/** How long ago a moment was, in whole units: `3 min ago`, `yesterday`, and `now` for less than a minute. */
export function writeAgo(moment: Date, now: Date, language: string): string {
  const past = Math.max(0, (now.getTime() - moment.getTime()) / 1000);
  const { unit, seconds } = steps.find((step) => past >= step.seconds) ?? {
    unit: "second",
    seconds: Infinity,
  };
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  return format.format(-Math.floor(past / seconds), unit);
}

/** A moment by its distance; the whole time is in the title. */
export function Ago({ at }: { at: Date | string }) {
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
      {writeAgo(moment, new Date(), language)}
    </time>
  );
}
