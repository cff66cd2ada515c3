/** What has been done so that a number works, step by step, and what failed of it. */
import { useState } from "react";
import { type ChannelId, settingsPath } from "../../integrations/catalog.ts";
import type { NumberView, StepView } from "../connect/card-view.ts";
import { ActionForm, SubmitButton } from "../forms/forms.tsx";
import { StateChip } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { needsReconnect } from "./parts.tsx";

interface NumberStepsProps {
  channel: ChannelId;
  number: NumberView;
}

/** Open from the start while a step is under way or has failed; what it has opened for stays open to the end. */
export function NumberSteps({ channel, number }: NumberStepsProps) {
  const words = useTexts().integrations;
  const [open, setOpen] = useState(number.stepsOpen);
  if (number.stepsOpen && !open) setOpen(true);
  return (
    <details open={open}>
      <summary className="w-fit cursor-pointer rounded-sm py-1.5 font-semibold">{words.steps.title}</summary>
      <ol className="mt-1 divide-y divide-line border-y border-line">
        {number.steps.map((step) => (
          <Step
            key={step.step}
            channel={channel}
            connectionId={number.id}
            step={step}
            mayArrive={number.state === "connected" || number.state === "awaitingTest"}
          />
        ))}
      </ol>
    </details>
  );
}

const chips = { done: "good", failed: "warn", waiting: "none", underWay: "wait" } as const;

interface StepProps {
  channel: ChannelId;
  connectionId: string;
  step: StepView;
  /** Nothing stands in the way of a message. */
  mayArrive: boolean;
}

function Step({ channel, connectionId, step, mayArrive }: StepProps) {
  const texts = useTexts();
  const words = texts.integrations;
  const { result, at, retry, againAt } = step;
  return (
    <li className="grid gap-2 py-2">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <span className="flex grow basis-80 flex-wrap items-baseline gap-x-2">
          <span className="max-w-full shrink-0">
            <StateChip look={chips[result]}>{words.steps.results[result]}</StateChip>
          </span>
          <span className="min-w-[min(100%,8rem)] flex-1">{texts.channels[channel].steps[step.step]}</span>
        </span>
        {at ? (
          <span className="text-xs text-ink-soft">
            <Time at={at} />
          </span>
        ) : null}
      </div>
      {result === "failed" ? <Cause channel={channel} step={step} /> : null}
      {mayArrive && step.step === "first_event_seen" && result === "waiting" ? (
        <p>{words.steps.noMessageYet}</p>
      ) : null}
      {againAt ? (
        <p>
          {step.code === "too_many_attempts" ? null : `${words.steps.triedOften} `}
          {words.steps.againOn} <Time at={againAt} />.
        </p>
      ) : null}
      {retry ? (
        <RetryForm
          channel={channel}
          connectionId={connectionId}
          step={retry}
          quiet={needsReconnect.has(step.code)}
        />
      ) : null}
    </li>
  );
}

function Cause({ channel, step: { step, code } }: Pick<StepProps, "channel" | "step">) {
  const texts = useTexts();
  const words = texts.integrations;
  const known =
    step === "number_registered"
      ? texts.channels[channel].registrationRefusals
      : words.steps.deliveryFailures;
  return (
    <div className="max-w-prose">
      <p>{(code !== null && Object.hasOwn(known, code) && known[code]) || words.steps.otherwise}</p>
      {code ? (
        <p className="text-xs text-ink-soft">
          {words.reference} <code className="font-mono">{code}</code>
        </p>
      ) : null}
    </div>
  );
}

interface RetryFormProps {
  channel: ChannelId;
  connectionId: string;
  step: NonNullable<StepView["retry"]>;
  /** Something else comes first. */
  quiet: boolean;
}

function RetryForm({ channel, connectionId, step, quiet }: RetryFormProps) {
  const words = useTexts().integrations;
  return (
    <ActionForm action={`${settingsPath(channel)}/retry?step=${step}`} fields={{ connectionId }}>
      <SubmitButton look={quiet ? "quiet" : "primary"} pending={words.retrying}>
        {step === "deliveries" ? words.retryDeliveries : words.tryAgain}
      </SubmitButton>
    </ActionForm>
  );
}
