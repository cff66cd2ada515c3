import { Link } from "@remix-run/react";
import type { ChannelId } from "../integrations/catalog.ts";
import { linkLook } from "./buttons.tsx";
import type { NumberView } from "./card-view.ts";
import { DocumentForm, SubmitButton } from "./forms.tsx";
import { listItem, NamedList, PageHeading, Panel } from "./page.tsx";
import { useTexts } from "./page-context.tsx";
import { PhoneNumber } from "./phone-number.tsx";

interface DisconnectPageProps {
  channel: ChannelId;
  number: NumberView;
  effects: { conversations: number; messages: number };
}

/** Says what will stop and what will stay before anything happens. */
export function DisconnectPage({ channel, number, effects }: DisconnectPageProps) {
  const texts = useTexts();
  const words = texts.disconnect;
  return (
    <div className="grid gap-6">
      <PageHeading
        title={words.titleOf}
        lead={
          <>
            {number.number ? <PhoneNumber number={number.number} className="font-semibold text-ink" /> : null}
            {number.displayName ? ` · ${number.displayName}` : null}
          </>
        }
      />
      <Panel>
        <div className="grid gap-5 px-5 py-5 sm:grid-cols-2">
          <NamedList name={words.stops} level="h2" marker="bad">
            {words.stopsList.map(listItem)}
          </NamedList>
          <NamedList name={words.stays} level="h2" marker="good">
            <li>
              <strong>{words.kept(effects.conversations, effects.messages)}.</strong> {words.staysText}
            </li>
            <li>{texts.channels[channel].numberStays}</li>
          </NamedList>
        </div>
      </Panel>
      <DocumentForm
        action={`/api/integrations/meta/${channel}/disconnect`}
        className="flex flex-wrap items-center gap-3"
      >
        <input type="hidden" name="connectionId" value={number.id} />
        <SubmitButton look="grave" pending={words.submitting}>
          {words.submit}
        </SubmitButton>
        <Link to="/settings/integrations" className={`py-2 ${linkLook}`}>
          {words.keep}
        </Link>
      </DocumentForm>
    </div>
  );
}
