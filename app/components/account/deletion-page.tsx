/** For somebody who asked Meta to have their data deleted here, signed in or not: what was done about it. */
import type { DeletionStatus } from "../../integrations/connection/obligations.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { Facts, listItem, NamedList, PageHeading, StateChip } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";

interface DeletionPageProps {
  /** Null when there is no request with that code. */
  status: DeletionStatus | null;
  code: string | null | undefined;
  operator: { email: string | undefined; site: string };
}

export function DeletionPage({ status, code, operator }: DeletionPageProps) {
  const words = pageTexts(useTexts()).deletion;
  if (!status || !code) {
    return (
      <div className="grid gap-5">
        <PageHeading title={words.unknown.title} lead={words.unknown.text} />
        <Operator {...operator} />
      </div>
    );
  }
  return (
    <div className="grid gap-5">
      <PageHeading title={words.title} lead={words.lead} />
      <Facts
        stacked
        facts={[
          { name: words.state, value: <StateChip look="good">{words.states[status.status]}</StateChip> },
          { name: words.askedAt, value: <Time at={status.requestedAt} /> },
          { name: words.doneAt, value: <Time at={status.completedAt} /> },
          { name: words.code, value: <code className="font-mono text-xs break-all">{code}</code> },
        ]}
      />
      {status.status === "completed" ? (
        <NamedList name={words.deleted} level="h2" marker="good">
          {words.deletedList(status.connectionsCleared, status.tokensDestroyed).map(listItem)}
        </NamedList>
      ) : (
        <p>{words.nothingFound}</p>
      )}
      <NamedList name={words.kept} level="h2">
        {words.keptList.map(listItem)}
      </NamedList>
      <Operator {...operator} />
    </div>
  );
}

function Operator({ email, site }: DeletionPageProps["operator"]) {
  const words = pageTexts(useTexts()).deletion;
  return (
    <div className="grid gap-1">
      <h2 className="text-base">{words.operator}</h2>
      {email ? (
        <p>
          {words.writeTo}{" "}
          <a href={`mailto:${email}`} className={linkLook}>
            {email}
          </a>
          . {words.quote}
        </p>
      ) : (
        <p>
          {words.findContact(site)} {words.quote}
        </p>
      )}
    </div>
  );
}
