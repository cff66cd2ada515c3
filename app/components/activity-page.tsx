import { Link } from "@remix-run/react";
import type { ActivityView } from "../integrations/activity.server.ts";
import type { ChannelId } from "../integrations/catalog.ts";
import { wordsOfActivity } from "./activity-words.ts";
import { ButtonLink, linkLook } from "./buttons.tsx";
import { PageHeading, Panel } from "./page.tsx";
import { useTexts } from "./page-context.tsx";
import { PhoneNumber } from "./phone-number.tsx";
import { Time } from "./time.tsx";

interface ActivityPageProps {
  channel: ChannelId;
  items: ActivityView[];
  older: string | null;
  isFirst: boolean;
  path: string;
}

/** Who did what to the connections, and when; the request id is what support asks for. */
export function ActivityPage({ channel, items, older, isFirst, path }: ActivityPageProps) {
  const texts = useTexts();
  const words = texts.activity;
  return (
    <div className="grid gap-5">
      <div className="grid gap-1">
        <p className="text-xs">
          <Link to="/settings/integrations" className={linkLook}>
            {words.back}
          </Link>
        </p>
        <PageHeading title={words.title} lead={texts.channels[channel].activityLead} />
      </div>
      <Panel>
        {items.length === 0 ? <p className="px-5 py-4">{words.empty}</p> : null}
        <ol aria-label={words.listLabel} className="divide-y divide-line">
          {items.map((item) => (
            <ActivityLine key={item.id} channel={channel} item={item} />
          ))}
        </ol>
      </Panel>
      <p className="flex flex-wrap gap-3">
        {older ? <ButtonLink to={`${path}?before=${older}`}>{words.older}</ButtonLink> : null}
        {isFirst ? null : <ButtonLink to={path}>{words.newest}</ButtonLink>}
      </p>
    </div>
  );
}

function ActivityLine({ channel, item }: { channel: ChannelId; item: ActivityView }) {
  const texts = useTexts();
  const words = texts.activity;
  const { reasons, steps } = texts.channels[channel];
  return (
    <li className="grid gap-0.5 px-5 py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-semibold">{wordsOfActivity(texts, channel, item.kind)}</span>
        <span className="text-xs text-ink-soft">
          <Time at={item.at} />
        </span>
      </div>
      {item.reason ? <p>{reasons[item.reason].title}</p> : null}
      {item.stoppedAt ? (
        <p className="text-ink-soft">
          {words.stoppedAt} {steps[item.stoppedAt]}
        </p>
      ) : null}
      <p className="text-xs break-words text-ink-soft">
        {item.phoneNumber ? (
          <>
            <PhoneNumber number={item.phoneNumber} /> ·{" "}
          </>
        ) : null}
        {item.actor ?? words.automatic}
        {item.requestId ? (
          <>
            {" "}
            · <code className="font-mono break-all">{item.requestId}</code>
          </>
        ) : null}
      </p>
    </li>
  );
}
