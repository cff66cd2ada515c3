import { Link } from "@remix-run/react";
import { type ChannelId, connectPath } from "../../integrations/catalog.ts";
import { linkLook } from "../forms/buttons.tsx";
import { ActionForm, SubmitButton } from "../forms/forms.tsx";
import { listItem, NamedList, PageHeading, Panel, PhoneNumber } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import type { NumberView } from "./card-view.ts";

interface DisconnectPageProps {
  channel: ChannelId;
  number: NumberView;
  /** `recent`: messages of the last 30 days. `mostCounted`: none is counted further. */
  effects: { conversations: number; messages: number; recent: number };
  mostCounted: number;
}

/** Says what will stop, what will stay and what it takes to come back, before anything happens. */
export function DisconnectPage({ channel, number, effects, mostCounted }: DisconnectPageProps) {
  const texts = useTexts();
  const words = texts.disconnect;
  const { conversations, messages, recent } = effects;
  const [arriving = "", ...others] = words.stopsList;
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
            <li>
              {arriving} <strong>{words.recent(recent, recent >= mostCounted)}</strong>
            </li>
            {others.map(listItem)}
          </NamedList>
          <NamedList name={words.stays} level="h2" marker="good">
            <li>
              <strong>{words.kept(conversations, messages, messages >= mostCounted)}.</strong>{" "}
              {words.staysText}
            </li>
            <li>{texts.channels[channel].numberStays}</li>
          </NamedList>
        </div>
        <p className="border-t border-line px-5 py-4">{words.noUndo}</p>
      </Panel>
      <ActionForm
        action={`${connectPath(channel)}/disconnect`}
        fields={{ connectionId: number.id }}
        className="flex flex-wrap items-center gap-3"
      >
        <SubmitButton look="grave" pending={words.submitting}>
          {words.submit}
        </SubmitButton>
        <Link to="/settings/integrations" className={`py-2 ${linkLook}`}>
          {words.keep}
        </Link>
      </ActionForm>
    </div>
  );
}
