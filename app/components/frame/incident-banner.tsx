/** Says that a number needs somebody, on every page but those that say more about it. */
import { Link, useLocation, useRouteError } from "@remix-run/react";
import type { ChannelId } from "../../integrations/catalog.ts";
import { ActionForm, SubmitButton } from "../forms/forms.tsx";
import { useLive } from "./live.ts";
import { Notice } from "./page.tsx";
import { useTexts } from "./page-context.tsx";
import { PhoneNumber } from "./phone-number.tsx";
import { Time } from "./time.tsx";

export interface Problem {
  channel: ChannelId;
  code: string;
  /** Of the number that has it longest. */
  since: Date;
  /** As people read them. */
  numbers: string[];
  /** In the same order. */
  connectionIds: string[];
  /** For hiding it; another incident has another. */
  incidents: string[];
  /** E-mail addresses, for members: what Meta asks for is often an admin's to give. Empty for admins. */
  admins: string[];
}

const integrationsPath = "/settings/integrations";
/** The Integrations page says more about each, and a number's page about what is that number's alone. */
const isToldAt = (path: string, { connectionIds: [id, ...others] }: Problem) =>
  /^\/settings\/integrations\/*$/.test(path) || (others.length === 0 && path.endsWith(`/${id}`));

/** One for each problem, on every open page by itself. They come before the page's heading and are simply so: nothing is announced. */
export function TroubleBanner({ problems }: { problems: Problem[] }) {
  const words = useTexts().trouble;
  const { pathname } = useLocation();
  // Loading anew would take an error away that answers what somebody has just done, before it is read.
  const failed = (useRouteError() ?? null) !== null;
  useLive(failed ? [] : ["connections"], false);
  const shown = problems.filter((problem) => !isToldAt(pathname, problem));
  if (shown.length === 0) return null;
  return (
    <section aria-label={words.label} className="mb-6 grid gap-3">
      {shown.map((problem) => (
        <OneProblem key={`${problem.channel} ${problem.code}`} problem={problem} />
      ))}
    </section>
  );
}

function OneProblem({ problem }: { problem: Problem }) {
  const texts = useTexts();
  const words = texts.trouble;
  const { channel, code, since, numbers, admins } = problem;
  const { title, reconnectHelps } = texts.channels[channel].troubleOf(code);
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
        <Hide incidents={problem.incidents} />
      </div>
    </Notice>
  );
}

function AskAdmin({ admins }: { admins: string[] }) {
  const words = useTexts().trouble;
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

function Hide({ incidents }: { incidents: string[] }) {
  const words = useTexts().trouble;
  const { pathname, search } = useLocation();
  return (
    <ActionForm
      action="/trouble/hide"
      fields={{ incidents: incidents.join("."), returnTo: pathname + search }}
      className="sm:ml-auto"
    >
      <SubmitButton look="bare" pending={words.hiding}>
        {words.hide}
      </SubmitButton>
    </ActionForm>
  );
}
