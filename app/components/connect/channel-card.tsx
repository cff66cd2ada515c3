/** The card of a channel: what it is, how it is, and the one thing to do next. */
import { Link } from "@remix-run/react";
import { type ChannelId, channels, settingsPath } from "../../integrations/catalog.ts";
import type { Texts } from "../../texts/catalogue.ts";
import { ButtonLink, linkLook } from "../forms/buttons.tsx";
import { ChannelSign } from "../frame/brand.tsx";
import { listItem, NamedList, Notice, Panel, Section, StateChip } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import type { CardView } from "./card-view.ts";
import { ConnectForm } from "./connect-form.tsx";
import { ConnectedNumber } from "./connected-number.tsx";

interface ChannelCardProps {
  channel: ChannelId;
  card: CardView;
  byHandPath?: string | undefined;
}

export function ChannelCard({ channel, card, byHandPath }: ChannelCardProps) {
  const texts = useTexts();
  const words = texts.integrations;
  const { path } = channels[channel];
  const props = { channel, card };
  return (
    <Panel labelledBy={path}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-4">
        <span className="rounded-sm bg-ink p-1.5 text-on-ink">
          <ChannelSign channel={channel} className="size-6" />
        </span>
        <h2 id={path} className="grow text-lg">
          {texts.channels[channel].label}
        </h2>
        <div role="status">
          <CardState card={card} />
        </div>
      </div>
      {card.choosing ? <OpenChoice channel={channel} choosing={card.choosing} /> : null}
      {card.numbers.map((number) => (
        <ConnectedNumber key={number.id} channel={channel} number={number} />
      ))}
      {card.numbers.length === 0 && !card.choosing ? <Invitation {...props} /> : null}
      {card.numbers.length > 0 && !card.choosing ? <AnotherNumber channel={channel} /> : null}
      <p className="flex flex-wrap gap-x-5 gap-y-2 border-t border-line bg-paper px-5 py-3 text-xs">
        <Link to={`${settingsPath(channel)}/activity`} className={linkLook}>
          {texts.integrations.activity}
        </Link>
        {byHandPath ? (
          <Link to={byHandPath} className={linkLook}>
            {words.manualLink}
          </Link>
        ) : null}
      </p>
    </Panel>
  );
}

/** Of the channel itself; each of its numbers says its own. */
function CardState({ card }: { card: CardView }) {
  const words = useTexts().integrations;
  if (card.numbers.length > 0 && !card.choosing) return null;
  if (card.choosing) return <StateChip look="wait">{words.states.choosing}</StateChip>;
  if (card.connecting) return <StateChip look="wait">{words.states.connecting}</StateChip>;
  return <StateChip look="none">{words.states.notConnected}</StateChip>;
}

interface OpenChoiceProps {
  channel: ChannelId;
  choosing: Exclude<CardView["choosing"], false>;
}

function OpenChoice({ channel, choosing }: OpenChoiceProps) {
  const texts = useTexts();
  const words = texts.integrations;
  const { text, action } = choosing === "several" ? words.choosing : awaitingWords(texts, channel, choosing);
  return (
    <Section>
      <p className="max-w-prose">{text}</p>
      <div className="flex flex-wrap gap-3">
        <ButtonLink look="primary" to={`${settingsPath(channel)}/choose-number`}>
          {action}
        </ButtonLink>
        <ConnectForm channel={channel} label={words.startAgain} quiet />
      </div>
    </Section>
  );
}

function awaitingWords(texts: Texts, channel: ChannelId, choosing: "none" | "unread") {
  return choosing === "unread"
    ? texts.integrations.unread
    : { text: texts.channels[channel].awaiting, action: texts.integrations.lookAgain };
}

/** A workspace may have several: each with its own state, disconnect and reconnect. */
function AnotherNumber({ channel }: { channel: ChannelId }) {
  const words = useTexts().integrations;
  return (
    <Section>
      <ConnectForm channel={channel} label={words.another} quiet onPhone="ask" />
    </Section>
  );
}

/** Before there is a number: what it brings, what it takes, and the button. */
function Invitation({ channel, card }: { channel: ChannelId; card: CardView }) {
  const texts = useTexts();
  const words = texts.integrations;
  const { about, needs, reasons } = texts.channels[channel];
  const failed = card.failedAttempt && reasons[card.failedAttempt];
  return (
    <Section>
      {failed ? (
        <Notice look="warn" title={failed.title}>
          {failed.text}
        </Notice>
      ) : null}
      {card.disconnected ? <p className="font-semibold">{words.disconnected}</p> : null}
      <p className="text-base">{about}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        <NamedList name={words.youGet}>{words.gains.map(listItem)}</NamedList>
        <NamedList name={words.youNeed}>{needs.map(listItem)}</NamedList>
      </div>
      <p className="max-w-prose text-xs text-ink-soft">{words.beforeLeaving}</p>
      <ConnectForm
        channel={channel}
        label={connectLabel(texts, channel, card)}
        note={card.connecting ? words.atMeta : undefined}
        onPhone="ask"
      />
    </Section>
  );
}

function connectLabel(
  texts: Texts,
  channel: ChannelId,
  { connecting, disconnected, failedAttempt }: CardView,
): string {
  const words = texts.integrations;
  if (connecting) return words.continueAtMeta;
  if (disconnected) return words.connectAgain;
  return failedAttempt ? words.tryAgain : texts.channels[channel].connect;
}
