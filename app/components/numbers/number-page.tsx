/** A number's own page: how it is, its test, its health, what happened to it, and leaving. */
import { Link } from "@remix-run/react";
import { type ChannelId, settingsPath } from "../../integrations/catalog.ts";
import type { ActivityView } from "../../integrations/connection/activity.server.ts";
import type { Texts } from "../../texts/catalogue.ts";
import { actorOfActivity, wordsOfActivity } from "../connect/activity-words.ts";
import type { NumberView, NumberTest as Test } from "../connect/card-view.ts";
import { ButtonLink, linkLook } from "../forms/buttons.tsx";
import { useLive } from "../frame/live.ts";
import { PageHeading, PhoneNumber } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { keyInTranslation } from "../frame/translated.ts";
import { NumberFacts } from "./facts.tsx";
import { FirstMessage, useWaited } from "./first-message.tsx";
import { NumberHealth, type NumberHealthProps } from "./health.tsx";
import { NumberNotices } from "./notices.tsx";
import { NumberAction, NumberChip, NumberPart } from "./parts.tsx";
import { PhoneHistory } from "./phone-history.tsx";

export interface NumberPageProps extends NumberHealthProps {
  channel: ChannelId;
  number: NumberView;
  test: Test | null;
  /** Newest first. */
  events: ActivityView[];
}

export function NumberPage({ channel, number, test, events, ...health }: NumberPageProps) {
  const words = useTexts().numbers;
  const waited = useWaited(number);
  useLive(["connections"]);
  return (
    <div className="grid gap-6">
      <PageHeading
        back={
          <Link to="/settings/integrations" className={linkLook}>
            {words.back}
          </Link>
        }
        title={number.number ? <PhoneNumber number={number.number} /> : words.title}
        lead={number.displayName ?? words.unnamed}
      />
      <Status
        key={keyInTranslation("status", number)}
        channel={channel}
        number={{ ...number, test: waited ? test : null }}
      />
      <NumberFacts key={keyInTranslation("facts", number)} channel={channel} number={number} />
      {test ? (
        <NumberPart key={keyInTranslation("test", number)} id="test" title={words.test.title}>
          <FirstMessage channel={channel} number={number} test={test} />
        </NumberPart>
      ) : null}
      {number.history ? (
        <PhoneHistory
          key={keyInTranslation("history", number.history)}
          channel={channel}
          history={number.history}
        />
      ) : null}
      <NumberHealth
        key={keyInTranslation("health", [number, health])}
        {...health}
        channel={channel}
        number={number}
      />
      <LatestActivity
        key={keyInTranslation("activity", events)}
        channel={channel}
        number={number}
        events={events}
      />
      {number.state === "disconnected" ? null : <DangerZone channel={channel} number={number} />}
    </div>
  );
}

interface PartProps {
  channel: ChannelId;
  number: NumberView;
}

/** There from the first moment: what changes by itself is read out here, and nowhere else on the page. */
function Status({ channel, number }: PartProps) {
  const { status } = useTexts().numbers;
  const sentence = sentenceOf(status, number);
  return (
    <div className="grid gap-4">
      <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <NumberChip state={number.state} />
        {sentence ? <p>{sentence}</p> : null}
      </div>
      <NumberNotices channel={channel} number={number} />
      <div className="empty:hidden">
        <NumberAction channel={channel} number={number} />
      </div>
    </div>
  );
}

/** What needs somebody has a notice of its own. */
function sentenceOf(
  words: Texts["numbers"]["status"],
  { state, firstEventAt, silentSince }: NumberView,
): string | null {
  if (state === "attention") return null;
  if (state === "connected" && silentSince) return words.quiet;
  return state === "connected" && !firstEventAt ? words.skipped : words[state];
}

function LatestActivity({ channel, number, events }: PartProps & Pick<NumberPageProps, "events">) {
  const texts = useTexts();
  const words = texts.numbers.activity;
  return (
    <NumberPart id="activity" title={words.title}>
      {events.length === 0 ? <p>{words.empty}</p> : null}
      <ol className="grid gap-2 empty:hidden">
        {events.map((event) => (
          <li key={event.id} className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span>
              {wordsOfActivity(texts, channel, event.kind)}{" "}
              <span className="text-xs text-ink-soft">· {actorOfActivity(texts, event)}</span>
            </span>
            <span className="text-xs text-ink-soft">
              <Time at={event.at} length="short" />
            </span>
          </li>
        ))}
      </ol>
      <p>
        <Link to={`${settingsPath(channel)}/activity?number=${number.id}`} className={linkLook}>
          {words.all}
        </Link>
      </p>
    </NumberPart>
  );
}

function DangerZone({ channel, number }: PartProps) {
  const texts = useTexts();
  const words = texts.numbers.danger;
  return (
    <NumberPart id="danger" title={words.title}>
      <p className="max-w-prose">{words.text}</p>
      <p>
        <ButtonLink to={`${settingsPath(channel)}/disconnect?connection=${number.id}`}>
          {texts.integrations.disconnect}
        </ButtonLink>
      </p>
    </NumberPart>
  );
}
