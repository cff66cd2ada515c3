import { Link } from "@remix-run/react";
import { type QuarantineNarrowing, queryOf } from "../../operations/filters.ts";
import type { QuarantinePage } from "../../operations/quarantine.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { linkLook } from "../forms/buttons.tsx";
import { DocumentForm, SubmitButton } from "../forms/forms.tsx";
import { Facts, Panel, Section } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { CountWords, OperationsFrame } from "./frame.tsx";
import { countOf } from "./quarantine.tsx";
import { useNumbers } from "./table.tsx";

interface ReplayPageProps {
  filter: QuarantineNarrowing;
  /** Items up to this one were opened again before. */
  after: string | null;
  count: QuarantinePage["count"];
}

/** As many as one request takes. */
const mostAtOnce = 20_000;

/** Says how many before anything happens. */
export function ReplayPage({ filter, after, count }: ReplayPageProps) {
  const words = pageTexts(useTexts()).operations;
  const numbers = useNumbers();
  const query = { reason: filter.reason, number: filter.phoneNumberId };
  const facts = [
    { name: words.columns.reason, value: filter.reason ? words.reasons[filter.reason] : words.all },
    { name: words.columns.number, value: <bdi className="tabular">{filter.phoneNumberId ?? words.all}</bdi> },
    { name: words.confirm.items, value: <CountWords count={countOf(count)} /> },
  ];
  return (
    <OperationsFrame title={words.confirm.title} lead={words.confirm.lead}>
      <Panel>
        <div className="px-5 py-5">
          <Facts facts={facts} />
        </div>
        <Section>
          {count.items > mostAtOnce ? <p>{words.confirm.inParts(numbers(mostAtOnce))}</p> : null}
          <DocumentForm action="/operations/quarantine/replay" className="flex flex-wrap items-center gap-4">
            <input type="hidden" name="all" value="yes" />
            {Object.entries({ ...query, after: after ?? undefined }).map(([name, value]) =>
              value === undefined ? null : <input key={name} type="hidden" name={name} value={value} />,
            )}
            {count.items > 0 ? (
              <SubmitButton pending={words.quarantine.replaying}>{words.confirm.submit}</SubmitButton>
            ) : null}
            <Link to={`/operations/quarantine${queryOf(query)}`} className={`py-2 ${linkLook}`}>
              {words.confirm.keep}
            </Link>
          </DocumentForm>
        </Section>
      </Panel>
    </OperationsFrame>
  );
}
