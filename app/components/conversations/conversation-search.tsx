/** Finding a conversation: a form of the plain kind, whose answer has an address. */
import { Form, Link } from "@remix-run/react";
import { buttonLook, linkLook } from "../forms/buttons.tsx";
import { useTexts } from "../frame/page-context.tsx";

export function ConversationSearch({ search, found }: { search: string; found: boolean }) {
  const words = useTexts().conversations;
  return (
    <div className="grid gap-2">
      <Form method="get" action="/conversations" role="search" className="grid gap-1">
        <label htmlFor="conversation-search" className="text-xs text-ink-soft">
          {words.search}
        </label>
        <div className="flex gap-2">
          <input
            // Another search, or none, is another field: going back shows what was typed then.
            key={search}
            id="conversation-search"
            type="search"
            name="q"
            defaultValue={search}
            maxLength={100}
            autoComplete="off"
            className="h-11 w-0 grow rounded-sm border border-line-strong bg-panel px-3 sm:h-10"
          />
          <button type="submit" className={`${buttonLook.quiet} shrink-0`}>
            {words.searchAction}
          </button>
        </div>
      </Form>
      {search && found ? (
        <p className="flex flex-wrap gap-x-4 text-xs text-ink-soft">
          <span dir="auto">{words.searched(search)}</span>
          <Link to="/conversations" className={linkLook}>
            {words.showAll}
          </Link>
        </p>
      ) : null}
    </div>
  );
}
