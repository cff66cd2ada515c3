import { Link } from "@remix-run/react";
import { type ChannelId, settingsPath } from "../../integrations/catalog.ts";
import type { ActivityView, LoggedNumber } from "../../integrations/connection/activity.server.ts";
import type { ActivityFilter } from "../../integrations/connection/activity-filter.ts";
import { pageTexts } from "../../texts/pages.ts";
import { ButtonLink, buttonLook, linkLook } from "../forms/buttons.tsx";
import { PageHeading, Panel, PhoneNumber } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { ActivityFilterForm } from "./activity-filter-form.tsx";
import { actorOfActivity, wordsOfActivity } from "./activity-words.ts";

interface ActivityPageProps {
  channel: ChannelId;
  items: ActivityView[];
  older: string | null;
  isFirst: boolean;
  numbers: LoggedNumber[];
  filter: ActivityFilter;
  /** The filter as it stands in an address; empty when nothing is left out. */
  query: string;
}

/** Who did what to the connections, and when; the request id is what support asks for. */
export function ActivityPage(page: ActivityPageProps) {
  const { channel, items, older, isFirst, numbers, filter, query } = page;
  const texts = useTexts();
  const words = pageTexts(texts).activity;
  const path = `${settingsPath(channel)}/activity`;
  const back = (
    <Link to="/settings/integrations" className={linkLook}>
      {words.back}
    </Link>
  );
  return (
    <div className="grid gap-5">
      <PageHeading back={back} title={words.title} lead={texts.channels[channel].activityLead} />
      <ActivityFilterForm key={query} path={path} filter={filter} numbers={numbers} />
      <Panel>
        {items.length === 0 ? <Nothing path={path} filtered={query !== ""} /> : null}
        <ol aria-label={words.listLabel} className="divide-y divide-line">
          {items.map((item) => (
            <ActivityLine key={item.id} channel={channel} item={item} />
          ))}
        </ol>
      </Panel>
      <p className="flex flex-wrap items-center gap-3">
        {older ? <ButtonLink to={addressOf(path, query, older)}>{words.older}</ButtonLink> : null}
        {isFirst ? null : <ButtonLink to={addressOf(path, query)}>{words.newest}</ButtonLink>}
        {items.length > 0 ? (
          <a href={addressOf(`${path}.csv`, query)} download className={`${buttonLook.bare} ml-auto`}>
            {words.csv.link}
          </a>
        ) : null}
      </p>
    </div>
  );
}

function addressOf(path: string, query: string, before?: string): string {
  const all = [query, before === undefined ? "" : `before=${before}`].filter(Boolean).join("&");
  return all ? `${path}?${all}` : path;
}

function Nothing({ path, filtered }: { path: string; filtered: boolean }) {
  const words = pageTexts(useTexts()).activity;
  if (!filtered) return <p className="px-5 py-4">{words.empty}</p>;
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 px-5 py-4">
      {words.filter.nothing}
      <Link to={path} className={linkLook}>
        {words.filter.all}
      </Link>
    </p>
  );
}

function ActivityLine({ channel, item }: { channel: ChannelId; item: ActivityView }) {
  const texts = useTexts();
  const words = pageTexts(texts).activity;
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
      <p className="text-xs text-ink-soft">
        {item.phoneNumber ? (
          <>
            <PhoneNumber number={item.phoneNumber} /> ·{" "}
          </>
        ) : null}
        {actorOfActivity(texts, item)}
        {item.requestId ? (
          <>
            {" "}
            · {words.request} <code className="font-mono break-all">{item.requestId}</code>
          </>
        ) : null}
      </p>
    </li>
  );
}
