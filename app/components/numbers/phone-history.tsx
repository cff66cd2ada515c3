/** The conversations of before, of a number that lives on in an app on somebody's phone: how far they have come. */
import { useId } from "react";
import type { ChannelId } from "../../integrations/catalog.ts";
import type { NumberView } from "../connect/card-view.ts";
import { ConnectForm } from "../connect/connect-form.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { NumberPart } from "./parts.tsx";

interface PhoneHistoryProps {
  channel: ChannelId;
  history: NonNullable<NumberView["history"]>;
}

export function PhoneHistory({ channel, history }: PhoneHistoryProps) {
  const texts = useTexts();
  const words = texts.channels[channel].history;
  const label = useId();
  const isMissing = ["declined", "too_late", "refused"].includes(history.state);
  return (
    <NumberPart id="history" title={words.title}>
      <div className="grid max-w-prose gap-2">
        {history.state === "arriving" ? (
          <>
            <p id={label} className="font-semibold">
              {words.percent(history.percent)}
            </p>
            <progress
              aria-labelledby={label}
              max={100}
              value={history.percent}
              className="h-2 w-full appearance-none overflow-hidden rounded-sm bg-line [&::-moz-progress-bar]:bg-ink [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-ink"
            />
          </>
        ) : null}
        <p>{words.states[history.state]}</p>
      </div>
      {isMissing ? (
        <ConnectForm channel={channel} label={texts.integrations.connectAgain} quiet onPhone />
      ) : null}
    </NumberPart>
  );
}
