/** Says that a number needs somebody, on every page but those that say more about it. */
import { Link, useLocation, useRouteError } from "@remix-run/react";
import type { ChannelId } from "../../integrations/catalog.ts";
import { ActionForm, SubmitButton } from "../forms/forms.tsx";
import { useLive } from "./live.ts";
import { Notice, PhoneNumber } from "./page.tsx";
import { useTexts } from "./page-context.tsx";
import { Time } from "./time.tsx";
import { keyInTranslation } from "./translated.ts";

export interface IncidentGroup {
  channel: ChannelId;
  code: string;
  /** Of the number that has it longest. */
  since: Date;
  /** As people read them. */
  numbers: string[];
  /** In the same order. */
  connectionIds: string[];
  /** For hiding it; another incident has another. */
  hidingKeys: string[];
  /** E-mail addresses, for members: what Meta asks for is often an admin's to give. Empty for admins. */
  admins: string[];
}

const integrationsPath = "/settings/integrations";
/** The Integrations page says more about each, and a number's page about what is that number's alone. */
const isToldAt = (path: string, { connectionIds: [id, ...others] }: IncidentGroup) =>
  /^\/settings\/integrations\/*$/.test(path) || (others.length === 0 && path.endsWith(`/${id}`));

/** One for each cause, on every open page by itself. They come before the page's heading and are simply so: nothing is announced. */
export function IncidentBanner({ incidents }: { incidents: IncidentGroup[] }) {
  const words = useTexts().incidents;
  const { pathname } = useLocation();
  // Loading anew would take an error away that answers what somebody has just done, before it is read.
  const failed = (useRouteError() ?? null) !== null;
  useLive(failed ? [] : ["connections"], false);
  const shown = incidents.filter((group) => !isToldAt(pathname, group));
  if (shown.length === 0) return null;
  return (
    <section aria-label={words.label} className="mb-6 grid gap-3">
      {shown.map((group) => (
        <OneCause key={keyInTranslation(`${group.channel} ${group.code}`, group)} group={group} />
      ))}
    </section>
  );
}

function OneCause({ group }: { group: IncidentGroup }) {
  const texts = useTexts();
  const words = texts.incidents;
  const { channel, code, since, numbers, admins } = group;
  const { title, reconnectHelps } = texts.channels[channel].incidentOf(code);
  const [number = ""] = numbers;
  return (
    <Notice look="warn">
      <p className="font-semibold">
        {numbers.length === 1 ? <PhoneNumber number={number} /> : words.several(numbers.length)}: {title}
      </p>
      {admins.length > 0 ? <AskAdmin admins={admins} /> : null}
      <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1">
        <span>
          {words.since} <Time at={since} />.
        </span>
        <Link to={integrationsPath} className="py-1.5 font-semibold underline underline-offset-2">
          {reconnectHelps ? texts.integrations.reconnect : words.see}
        </Link>
        <Hide hidingKeys={group.hidingKeys} />
      </div>
    </Notice>
  );
}

function AskAdmin({ admins }: { admins: string[] }) {
  const words = useTexts().incidents;
  return (
    <p className="mt-1">
      {words.askAdmin}{" "}
      {admins.map((email, index) => (
        <span key={email}>
          {index > 0 ? ", " : null}
          <a href={`mailto:${encodeURIComponent(email)}`} className="underline underline-offset-2">
            {email}
          </a>
        </span>
      ))}
      .
    </p>
  );
}

function Hide({ hidingKeys }: { hidingKeys: string[] }) {
  const words = useTexts().incidents;
  const { pathname, search } = useLocation();
  return (
    <ActionForm
      action="/incidents/hide"
      fields={{ incidents: hidingKeys.join("."), returnTo: pathname + search }}
      className="sm:ml-auto"
    >
      <SubmitButton look="bare" pending={words.hiding}>
        {words.hide}
      </SubmitButton>
    </ActionForm>
  );
}
