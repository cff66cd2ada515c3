/** What a person sees when there is no page, or it failed: what happened, what to do, and a code to quote. */
import { isRouteErrorResponse, useLocation } from "@remix-run/react";
import type { Texts } from "../../texts/catalogue.ts";
import { TooMany, type Wait } from "../connect/too-many.tsx";
import { ButtonLink, buttonLook } from "../forms/buttons.tsx";
import { PageHeading } from "./page.tsx";
import { usePageFacts, useTexts } from "./page-context.tsx";

export function errorWords(texts: Texts, error: unknown): { title: string; text: string } {
  const status = isRouteErrorResponse(error) ? error.status : 500;
  if (status === 404) return texts.errors.notFound;
  if (waitOf(error)) {
    const { title, nothingLost: text } = texts.errors.askedTooOften;
    return { title, text };
  }
  if (status === 429) return texts.errors.tooMany;
  return status < 500 ? texts.errors.refused : texts.errors.broken;
}

/** When to come again, where that is what an answer says. */
function waitOf(error: unknown): Wait | null {
  if (!isRouteErrorResponse(error) || error.status !== 429) return null;
  const { retry_after_seconds: seconds, again_at: until } = (error.data ?? {}) as Record<string, unknown>;
  return typeof seconds === "number" && typeof until === "string" ? { seconds, until } : null;
}

export function ErrorPage({ error }: { error: unknown }) {
  const texts = useTexts();
  const { requestId, documentPath } = usePageFacts();
  const { pathname, search } = useLocation();
  const path = pathname + search;
  const { title, text } = errorWords(texts, error);
  // The id belongs to the document; what failed after a navigation inside it had another.
  const wait = waitOf(error);
  const quoted = path === documentPath ? requestId : undefined;
  return (
    <div className="grid gap-5">
      {wait ? <TooMany {...wait} /> : <PageHeading title={title} lead={text} />}
      <p className="flex flex-wrap gap-3">
        <ButtonLink look="primary" to="/settings/integrations">
          {texts.errors.home}
        </ButtonLink>
        {title === texts.errors.broken.title ? (
          <a href={path} className={buttonLook.quiet}>
            {texts.errors.retry}
          </a>
        ) : null}
      </p>
      {quoted ? (
        <p className="text-xs text-ink-soft">
          {texts.errors.requestId} <code className="font-mono text-ink">{quoted}</code>
        </p>
      ) : null}
    </div>
  );
}
