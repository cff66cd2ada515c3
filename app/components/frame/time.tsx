import { type Language, locales } from "../../texts/languages.ts";
import { usePageFacts } from "./page-context.tsx";

const day = { day: "numeric", month: "short" } as const;
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

const lengths = {
  full: { ...day, year: "numeric", ...clock, timeZoneName: "short" },
  short: { ...day, ...clock },
  clock,
  date: { ...day, year: "numeric" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

interface TimeProps {
  at: Date | string;
  /** `short` in lists, `clock` where the day stands above it; the whole is then in the title. */
  length?: keyof typeof lengths;
}

/** A moment in the reader's language and time zone. */
export function Time({ at, length = "full" }: TimeProps) {
  const { language, timeZone } = usePageFacts();
  const moment = new Date(at);
  const write = (how: keyof typeof lengths) => writeTime(moment, { language, timeZone, length: how });
  return (
    <time
      dateTime={moment.toISOString()}
      title={length === "full" ? undefined : write("full")}
      // One line wherever one has room for it.
      className="inline-block"
      // The server and the browser may know different editions of the world's customs.
      suppressHydrationWarning
    >
      {write(length)}
    </time>
  );
}

interface Writing {
  language: Language;
  timeZone: string;
  length: keyof typeof lengths;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** `22 Nov 2026, 14:03 UTC`, or less of it. */
export function writeTime(moment: Date, { language, timeZone, length }: Writing): string {
  const key = `${language} ${timeZone} ${length}`;
  const known =
    formats.get(key) ?? new Intl.DateTimeFormat(locales[language], { ...lengths[length], timeZone });
  formats.set(key, known);
  return known.format(moment);
}

interface Step {
  unit: Intl.RelativeTimeFormatUnit;
  seconds: number;
}

const oneDay: Step = { unit: "day", seconds: 86_400 };
const steps: Step[] = [oneDay, { unit: "hour", seconds: 3_600 }, { unit: "minute", seconds: 60 }];
const now: Step = { unit: "second", seconds: Number.POSITIVE_INFINITY };

/** How long ago a moment was, in whole units: `3 min ago`, `yesterday`, and `now`; in days only: `today`. */
export function writeAgo(moment: Date, at: Date, language: string, inDays = false): string {
  const past = Math.max(0, (at.getTime() - moment.getTime()) / 1000);
  const { unit, seconds } = inDays ? oneDay : (steps.find((step) => past >= step.seconds) ?? now);
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
