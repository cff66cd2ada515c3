/** A number on the card of its channel. */
import { Link } from "@remix-run/react";
import type { ChannelId } from "../../integrations/catalog.ts";
import { linkLook } from "../forms/buttons.tsx";
import { PhoneNumber, Section } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Ago } from "../frame/time.tsx";
import { FirstMessage } from "../numbers/first-message.tsx";
import { NumberNotices } from "../numbers/notices.tsx";
import { NumberAction, NumberChip, numberPath } from "../numbers/parts.tsx";
import { NumberSteps } from "../numbers/steps.tsx";
import type { NumberView } from "./card-view.ts";

interface ConnectedNumberProps {
  channel: ChannelId;
  number: NumberView;
}

/** How it is, what is wrong with it, and the one thing to do next; the rest stands on its own page. */
export function ConnectedNumber({ channel, number }: ConnectedNumberProps) {
  const words = useTexts().numbers;
  const { test } = number;
  return (
    <Section>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <Account number={number} />
        {/* Of what changes by itself one place tells: the test, where it is shown. */}
        <div role={test ? undefined : "status"}>
          <NumberChip state={number.state} />
        </div>
      </div>
      <NumberNotices channel={channel} number={number} />
      {number.state === "starting" && !test ? <p>{words.status.starting}</p> : null}
      {showsSteps(number) ? <NumberSteps channel={channel} number={number} /> : null}
      {test ? <FirstMessage channel={channel} number={number} test={test} announced /> : null}
      <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
        <NumberAction channel={channel} number={number} />
        <Link
          to={numberPath(channel, number.id)}
          aria-label={`${words.details}: ${number.number ?? ""}`}
          className={`py-2 ${linkLook}`}
        >
          {words.details}
        </Link>
      </div>
    </Section>
  );
}

/** The test beside them says that something is under way, in the same room from the first to the last. */
function showsSteps({ stepsOpen, steps, test }: NumberView): boolean {
  return stepsOpen && (test === null || steps.some(({ result }) => result === "failed"));
}

function Account({ number: { number, displayName, latestMessage } }: Pick<ConnectedNumberProps, "number">) {
  const words = useTexts().numbers;
  return (
    <div className="min-w-0">
      <p>
        {number ? <PhoneNumber number={number} className="font-semibold" /> : "–"}
        {displayName ? ` · ${displayName}` : null}
      </p>
      <p className="text-xs text-ink-soft">
        {latestMessage ? (
          <>
            {words.lastMessage} <Ago at={latestMessage.at} />
          </>
        ) : (
          words.noMessage
        )}
      </p>
    </div>
  );
}
