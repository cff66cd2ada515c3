/** How a number is doing: the last day, what Meta says of it, whether it stands there as it should, and a check at once. */
import type { ReactNode } from "react";
import type { ChannelId } from "../../integrations/catalog.ts";
import type { NumberHealth as Health } from "../../integrations/health/number-health.server.ts";
import type { Texts } from "../../texts/catalogue.ts";
import type { NumberView } from "../connect/card-view.ts";
import { ActionForm, SubmitButton } from "../forms/forms.tsx";
import { Facts } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Ago, Time } from "../frame/time.tsx";
import { CodeWord, NumberPart, numberPath } from "./parts.tsx";

export interface NumberHealthProps {
  health: Health;
  /** Counts stop here. */
  countedUpTo: number;
  /** Where Meta should send the number's messages. */
  deliverTo: string;
  /** A check was asked for, and refused: the last one was a moment ago. */
  tooSoon: boolean;
}

interface PartProps extends NumberHealthProps {
  channel: ChannelId;
  number: NumberView;
}

export function NumberHealth(props: PartProps) {
  const texts = useTexts();
  const { number, health, tooSoon, channel } = props;
  const words = texts.numbers.health;
  const connected = number.state !== "disconnected";
  return (
    <NumberPart id="health" title={words.title}>
      <Facts facts={[...trafficFacts(texts, props), ...(connected ? standingFacts(texts, props) : [])]} />
      {connected ? (
        <CheckForm channel={channel} number={number} lastCheck={health.lastCheck} tooSoon={tooSoon} />
      ) : (
        <p className="text-ink-soft">{words.disconnected}</p>
      )}
    </NumberPart>
  );
}

interface Fact {
  name: string;
  value: ReactNode;
}

function trafficFacts({ numbers }: Texts, { number, health, countedUpTo }: PartProps): Fact[] {
  const words = numbers.health;
  const { received, failed, setAside } = health.traffic;
  const latest = number.latestMessage;
  return [
    { name: words.lastMessage, value: latest ? <When at={latest.at} /> : numbers.noMessage },
    { name: words.lastDay, value: words.traffic(received, failed, countedUpTo) },
    ...(setAside > 0 ? [{ name: words.setAside, value: words.setAsideItems(setAside, countedUpTo) }] : []),
  ];
}

function standingFacts(texts: Texts, props: PartProps): Fact[] {
  const words = texts.numbers.health;
  const { number, health, deliverTo } = props;
  const answer = health.lastCheck?.answer ?? null;
  const limit = newer(
    number.latest.limit,
    answer?.messagingLimit ? { word: answer.messagingLimit, at: answer.at } : null,
  );
  const rating = answer?.qualityRating ? { word: answer.qualityRating, at: answer.at } : null;
  return [
    ...(rating ? [{ name: words.quality, value: <Told told={rating} known={words.qualities} /> }] : []),
    ...(limit ? [{ name: words.limit, value: <Told told={limit} known={texts.integrations.limits} /> }] : []),
    { name: words.access, value: <Access number={number} /> },
    {
      name: words.expected,
      value: (
        <>
          {words.expectedTo} <code className="font-mono text-xs">{deliverTo}</code>
        </>
      ),
    },
    {
      name: words.found,
      value: answer ? (
        <Told told={{ word: answer.deliveries, at: answer.at }} known={words.deliveries} />
      ) : (
        <span className="text-ink-soft">{words.unknown}</span>
      ),
    },
    { name: words.lastCheck, value: <LastCheck lastCheck={health.lastCheck} /> },
  ];
}

interface Word {
  word: string;
  at: Date;
}

function newer(one: Word | null, other: Word | null): Word | null {
  if (!one || !other) return one ?? other;
  return new Date(one.at) > new Date(other.at) ? one : other;
}

/** What Meta said, and when it said so. */
function Told({ told, known }: { told: Word; known: Record<string, string> }) {
  const words = useTexts().numbers.health;
  return (
    <>
      <CodeWord known={known} word={told.word} />{" "}
      <span className="text-xs text-ink-soft">
        · {words.asOf} <Time at={told.at} />
      </span>
    </>
  );
}

function Access({ number: { since, accessEndsAt } }: Pick<PartProps, "number">) {
  const words = useTexts().numbers.health;
  return (
    <>
      {words.givenOn} <Time at={since} length="date" /> (<Ago at={since} inDays />
      );{" "}
      {accessEndsAt ? (
        <>
          {words.endsOn} <Time at={accessEndsAt} length="date" />.
        </>
      ) : (
        `${words.noEnd}.`
      )}
    </>
  );
}

function LastCheck({ lastCheck }: Pick<Health, "lastCheck">) {
  const words = useTexts().numbers.health;
  if (!lastCheck?.checkedAt) return <span className="text-ink-soft">{words.never}</span>;
  const { result, checkedAt } = lastCheck;
  return (
    <>
      {(result && Object.hasOwn(words.results, result) && words.results[result]) || words.noAnswer}{" "}
      <span className="text-xs text-ink-soft">
        · <Time at={checkedAt} />
      </span>
    </>
  );
}

function When({ at }: { at: Date }) {
  return (
    <>
      <Time at={at} />{" "}
      <span className="text-xs text-ink-soft">
        · <Ago at={at} />
      </span>
    </>
  );
}

interface CheckFormProps extends Pick<Health, "lastCheck"> {
  channel: ChannelId;
  number: NumberView;
  tooSoon: boolean;
}

/** While one is under way it says so in the button's place; the end of it is told by the facts above. */
function CheckForm({ channel, number, lastCheck, tooSoon }: CheckFormProps) {
  const words = useTexts().numbers.health;
  const underWay = lastCheck?.progress === "underWay";
  const told = underWay
    ? words.checking
    : lastCheck?.progress === "late"
      ? words.late
      : tooSoon
        ? words.tooSoon
        : null;
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-2 sm:min-h-10">
      {underWay ? null : (
        <ActionForm action={numberPath(channel, number.id)} fields={{ intent: "check" }}>
          <SubmitButton look="quiet" pending={words.asking}>
            {words.checkNow}
          </SubmitButton>
        </ActionForm>
      )}
      <p role="status">{told}</p>
    </div>
  );
}
