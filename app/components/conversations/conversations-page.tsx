/** The inbox as a list: who wrote, what was said last, and what nobody has opened yet. */
import { Link } from "@remix-run/react";
import type { ConversationView, Page } from "../../inbox/conversations/conversations.server.ts";
import { channelLabels } from "../../integrations/catalog.ts";
import { locales } from "../../texts/languages.ts";
import { pageTexts } from "../../texts/pages.ts";
import { ButtonLink } from "../forms/buttons.tsx";
import { useLive } from "../frame/live.ts";
import { PageHeading, Panel, PhoneNumber } from "../frame/page.tsx";
import { usePageFacts, useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { keyInTranslation } from "../frame/translated.ts";
import { ConversationSearch } from "./conversation-search.tsx";
import { contactWords, isNotice, previewWords, senderWords } from "./message-words.ts";
import { OwnNumber } from "./own-number.tsx";
import { RepliesOff } from "./replies-off.tsx";

interface ConversationsPageProps {
  page: Page<ConversationView>;
  isFirst: boolean;
  /** What was searched for; empty for all of them. */
  search: string;
  maySend: boolean;
  receives: boolean;
}

export function ConversationsPage({ page, isFirst, search, maySend, receives }: ConversationsPageProps) {
  const words = useTexts().conversations;
  useLive(["conversations"]);
  const isEmpty = page.items.length === 0;
  if (isEmpty && isFirst && !search) return <NoConversations connected={maySend} receives={receives} />;
  return (
    <div className="grid gap-5">
      <PageHeading title={words.title} />
      {maySend ? null : <RepliesOff />}
      <ConversationSearch search={search} found={!isEmpty} />
      {isEmpty ? <NothingHere search={isFirst ? search : ""} /> : <List page={page} search={search} />}
      <p className="flex flex-wrap gap-3">
        {page.older ? <ButtonLink to={listPath(search, page.older)}>{words.older}</ButtonLink> : null}
        {isFirst ? null : <ButtonLink to={listPath(search)}>{words.newest}</ButtonLink>}
      </p>
    </div>
  );
}

function listPath(search: string, after?: string): string {
  const query = new URLSearchParams({ ...(search ? { q: search } : {}), ...(after ? { after } : {}) });
  return query.size > 0 ? `/conversations?${query}` : "/conversations";
}

function List({ page, search }: Pick<ConversationsPageProps, "page" | "search">) {
  const words = useTexts().conversations;
  return (
    <Panel>
      <ol aria-label={search ? words.searched(search) : words.listLabel} className="divide-y divide-line">
        {page.items.map((conversation) => (
          <ConversationLine
            key={keyInTranslation(conversation.id, conversation)}
            conversation={conversation}
          />
        ))}
      </ol>
    </Panel>
  );
}

function ConversationLine({ conversation }: { conversation: ConversationView }) {
  const texts = useTexts();
  const { id, contact, ownNumber, unread, lastMessageAt } = conversation;
  return (
    <li className="relative px-5 py-3 hover:bg-sunken">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="flex min-w-0 flex-[1_1_8rem] flex-wrap items-baseline gap-x-3">
          <Link
            to={`/conversations/${id}#latest`}
            // The whole line opens it, and the name alone is read out.
            className={`min-w-0 max-w-full *:block *:truncate after:absolute after:inset-0 ${unread ? "font-bold" : "font-medium"}`}
          >
            <bdi>{contactWords(texts, contact)}</bdi>
          </Link>
          {contact.isGroup ? (
            <span className="text-xs text-ink-soft">{texts.conversations.group}</span>
          ) : null}
          {contact.name && contact.phoneNumber ? (
            <PhoneNumber number={contact.phoneNumber} className="text-xs text-ink-soft" />
          ) : null}
        </span>
        <span className="shrink-0 text-xs text-ink-soft">
          <Time at={lastMessageAt} length="short" />
        </span>
      </div>
      <div className="flex items-baseline justify-between gap-4">
        <Preview conversation={conversation} />
        {unread ? <Unread amount={unread} /> : null}
      </div>
      {ownNumber ? (
        <p className="text-xs text-ink-soft wrap-anywhere">
          <OwnNumber of={ownNumber} />
        </p>
      ) : null}
    </li>
  );
}

/** What was said is cut at its own end, in whatever direction it reads. */
function Preview({ conversation: { preview, unread } }: { conversation: ConversationView }) {
  const texts = useTexts();
  if (!preview) return <span />;
  const look = preview.failed ? "text-bad" : unread ? "font-semibold" : "text-ink-soft";
  const isOurs = preview.direction === "outbound" && !isNotice(preview.kind);
  return (
    <p className={`flex min-w-0 grow *:truncate ${look}`}>
      {isOurs || preview.sender || preview.failed ? (
        <span className="mr-1 max-w-3/5 shrink-0">
          {isOurs ? `${senderWords(texts, preview) ?? texts.conversations.you}: ` : null}
          {preview.sender ? (
            <>
              <bdi>{contactWords(texts, preview.sender)}</bdi>
              {": "}
            </>
          ) : null}
          {preview.failed ? `${pageTexts(texts).thread.statuses.failed} · ` : null}
        </span>
      ) : null}
      <bdi>{previewWords(texts, preview)}</bdi>
    </p>
  );
}

function Unread({ amount }: { amount: number }) {
  const words = useTexts().conversations;
  const { language } = usePageFacts();
  const shown = amount > 99 ? "99+" : amount.toLocaleString(locales[language]);
  return (
    <span className="tabular shrink-0 rounded-sm bg-ink px-1.5 text-xs font-semibold text-on-ink forced-colors:border">
      <span aria-hidden="true">{shown}</span>
      <span className="sr-only">{words.unread(shown)}</span>
    </span>
  );
}

function NothingHere({ search }: { search: string }) {
  const words = useTexts().conversations;
  return (
    <Panel>
      <div role="status" className="grid justify-items-start gap-3 px-5 py-8">
        <p className="text-base font-semibold">{search ? words.nothingFound(search) : words.noneOlder}</p>
        {search ? (
          <>
            <p className="text-ink-soft">{words.nothingFoundHint}</p>
            <ButtonLink to="/conversations">{words.showAll}</ButtonLink>
          </>
        ) : null}
      </div>
    </Panel>
  );
}

function NoConversations({ connected, receives }: { connected: boolean; receives: boolean }) {
  const words = useTexts().conversations;
  const waiting = receives ? words.emptyConnected : words.emptyNothingArrives;
  return (
    <div className="grid gap-5">
      <PageHeading title={words.title} />
      <Panel>
        <div className="grid justify-items-start gap-3 px-5 py-8">
          <p className="text-base font-semibold">{words.empty}</p>
          <p className="text-ink-soft">{connected ? waiting : words.emptyNotConnected(channelLabels())}</p>
          {connected && receives ? null : (
            <ButtonLink to="/settings/integrations">{words.toIntegrations}</ButtonLink>
          )}
        </div>
      </Panel>
    </div>
  );
}
