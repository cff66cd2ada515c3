const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const lengths = {
  full: (moment: Date) => `${writeDate(moment)}, ${writeClock(moment)} UTC`,
  short: (moment: Date) => `${writeDay(moment)}, ${writeClock(moment)}`,
  clock: writeClock,
};

interface TimeProps {
  at: Date | string;
  /** `short` in lists, `clock` where the day stands above it; the whole is then in the title. */
  length?: keyof typeof lengths;
}

/** A moment, written in UTC by server and browser alike, so that a page reads the same before and after hydration. */
export function Time({ at, length = "full" }: TimeProps) {
  const moment = new Date(at);
  return (
    <time
      dateTime={moment.toISOString()}
      title={length === "full" ? undefined : lengths.full(moment)}
      className="whitespace-nowrap"
    >
      {lengths[length](moment)}
    </time>
  );
}

/** The day in UTC: `22 Nov 2026`. */
export function writeDate(moment: Date): string {
  return `${writeDay(moment)} ${moment.getUTCFullYear()}`;
}

function writeDay(moment: Date): string {
  return `${moment.getUTCDate()} ${months[moment.getUTCMonth()]}`;
}

function writeClock(moment: Date): string {
  return moment.toISOString().slice(11, 16);
}
