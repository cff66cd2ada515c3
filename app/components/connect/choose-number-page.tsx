import { Link } from "@remix-run/react";
import type { ChannelId } from "../../integrations/catalog.ts";
import type { Texts } from "../../texts/catalogue.ts";
import { linkLook } from "../forms/buttons.tsx";
import { ActionForm, ErrorSummary, SubmitButton } from "../forms/forms.tsx";
import { PageHeading, PhoneNumber } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";

interface OfferedNumber {
  phoneNumberId: string;
  accountId: string;
  /** As people read it. */
  number: string;
  displayName: string;
}

interface ChooseNumberPageProps {
  channel: ChannelId;
  numbers: OfferedNumber[];
  /** Meta has not told yet which numbers there are. */
  unread: boolean;
  nothingChosen: boolean;
}

/** One number out of several, as radio buttons: nothing is connected before the button is pressed. */
export function ChooseNumberPage({ channel, numbers, unread, nothingChosen }: ChooseNumberPageProps) {
  const texts = useTexts();
  const words = texts.chooseNumber;
  if (unread) return <LookAgain {...words.unread} />;
  const { numberLegend, numberAwaited } = texts.channels[channel];
  if (numbers.length === 0) return <LookAgain {...words.awaited} lead={numberAwaited} />;
  const problems = nothingChosen ? [{ field: "number-0", text: words.errors.none }] : [];
  return (
    <div className="grid gap-6">
      <PageHeading title={words.title} lead={words.lead} />
      <ErrorSummary title={words.errors.title} problems={problems} />
      <ActionForm noValidate className="grid gap-5">
        <fieldset aria-describedby={nothingChosen ? "number-error" : undefined}>
          <legend className="font-semibold">{numberLegend}</legend>
          {nothingChosen ? (
            <p id="number-error" className="mt-1 text-xs font-semibold text-bad">
              {words.errors.none}
            </p>
          ) : null}
          <div className="mt-2 divide-y divide-line overflow-hidden rounded-md border border-line bg-panel">
            {numbers.map((number, index) => (
              <NumberOption key={number.phoneNumberId} number={number} id={`number-${index}`} />
            ))}
          </div>
        </fieldset>
        <div className="flex flex-wrap items-center gap-3">
          <SubmitButton pending={words.submitting}>{words.submit}</SubmitButton>
          <Link to="/settings/integrations" className={`py-2 ${linkLook}`}>
            {words.later}
          </Link>
        </div>
      </ActionForm>
    </div>
  );
}

function LookAgain({ title, lead, submit, submitting }: Texts["chooseNumber"]["unread"]) {
  const words = useTexts().chooseNumber;
  return (
    <div className="grid gap-6">
      <PageHeading title={title} lead={lead} />
      <ActionForm fields={{ intent: "look" }} className="flex flex-wrap items-center gap-3">
        <SubmitButton pending={submitting}>{submit}</SubmitButton>
        <Link to="/settings/integrations" className={`py-2 ${linkLook}`}>
          {words.later}
        </Link>
      </ActionForm>
    </div>
  );
}

function NumberOption({ number, id }: { number: OfferedNumber; id: string }) {
  const words = useTexts().chooseNumber;
  return (
    <label
      htmlFor={id}
      className="flex cursor-pointer items-center gap-3 px-4 py-3 hover:bg-sunken has-checked:bg-mark-soft"
    >
      <input
        type="radio"
        id={id}
        name="phoneNumberId"
        value={number.phoneNumberId}
        required
        className="size-5 shrink-0 accent-ink"
      />
      <span className="grid min-w-0">
        <PhoneNumber number={number.number} className="font-semibold" />
        <span>{number.displayName || words.unnamed}</span>
        <span className="text-xs text-ink-soft">
          {words.account} <span className="tabular">{number.accountId}</span>
        </span>
      </span>
    </label>
  );
}
