import { Link } from "@remix-run/react";
import type { ConversationView, Page } from "../inbox/conversations.server.ts";
import { channelLabels } from "../integrations/catalog.ts";
import type { Texts } from "../texts/catalogue.ts";
import { ButtonLink } from "./buttons.tsx";
import { previewWords } from "./message-words.ts";
import { PageHeading, Panel } from "./page.tsx";
import { useTexts } from "./page-context.tsx";
import { RepliesOff } from "./replies-off.tsx";
import { Time } from "./time.tsx";

interface ConversationsPageProps {
  page: Page<ConversationView>;
  isFirst: boolean;
  maySend: boolean;
}

export function ConversationsPage({ page, isFirst, maySend }: ConversationsPageProps) {
  const words = useTexts().conversations;
  if (page.items.length === 0 && isFirst) return <NoConversations connected={maySend} />;
  return (
    <div className="grid gap-5">
      <PageHeading title={words.title} />
      {maySend ? null : <RepliesOff />}
      <Panel>
        <ol aria-label={words.listLabel} className="divide-y divide-line">
          {page.items.map((conversation) => (
            <ConversationLine key={conversation.id} conversation={conversation} />
          ))}
        </ol>
      </Panel>
      <p className="flex flex-wrap gap-3">
        {page.older ? (
          <ButtonLink to={`/conversations?after=${encodeURIComponent(page.older)}`}>{words.older}</ButtonLink>
        ) : null}
        {isFirst ? null : <ButtonLink to="/conversations">{words.newest}</ButtonLink>}
      </p>
    </div>
  );
}

function ConversationLine({ conversation }: { conversation: ConversationView }) {
  const texts = useTexts();
  const words = texts.conversations;
  const { id, contact, preview, lastMessageAt } = conversation;
  return (
    <li className="relative px-5 py-3 hover:bg-sunken">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <Link
          to={`/conversations/${id}#latest`}
          // The whole line opens it, and the name alone is read out.
          className="min-w-0 truncate font-semibold after:absolute after:inset-0"
        >
          <bdi>{contact.name ?? numberWords(words, contact.lastDigits)}</bdi>
        </Link>
        <span className="text-xs text-ink-soft">
          <Time at={lastMessageAt} length="short" />
        </span>
      </div>
      {preview ? (
        <p className={`truncate ${preview.failed ? "text-bad" : "text-ink-soft"}`}>
          {preview.direction === "outbound" ? `${words.you}: ` : null}
          {preview.failed ? `${texts.thread.statuses.failed} · ` : null}
          <bdi>{previewWords(texts, preview)}</bdi>
        </p>
      ) : null}
    </li>
  );
}

function numberWords(words: Texts["conversations"], lastDigits: string | null): string {
  return lastDigits ? `${words.numberEnding} ${lastDigits}` : words.unknownContact;
}

function NoConversations({ connected }: { connected: boolean }) {
  const words = useTexts().conversations;
  return (
    <div className="grid gap-5">
      <PageHeading title={words.title} />
      <Panel>
        <div className="grid justify-items-start gap-3 px-5 py-8">
          <p className="text-base font-semibold">{words.empty}</p>
          <p className="text-ink-soft">
            {connected ? words.emptyConnected : words.emptyNotConnected(channelLabels())}
          </p>
          {connected ? null : <ButtonLink to="/settings/integrations">{words.toIntegrations}</ButtonLink>}
        </div>
      </Panel>
    </div>
  );
}
