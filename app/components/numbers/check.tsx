/** Asking for a check of a number now. */
import type { ChannelId } from "../../integrations/catalog.ts";
import type { NumberHealth } from "../../integrations/health/number-health.server.ts";
import type { NumberView } from "../connect/card-view.ts";
import { ActionForm, SubmitButton } from "../forms/forms.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { numberPath } from "./path.ts";

interface CheckFormProps extends Pick<NumberHealth, "lastCheck"> {
  channel: ChannelId;
  number: NumberView;
  tooSoon: boolean;
}

/** While one is under way it says so in the button's place; the end of it is told by the facts above. */
export function CheckForm({ channel, number, lastCheck, tooSoon }: CheckFormProps) {
  const words = useTexts().numbers.health;
  const underWay = lastCheck?.progress === "underWay";
  const told = underWay
    ? words.checking
    : lastCheck?.progress === "late"
      ? words.late
      : tooSoon
        ? words.tooSoon
        : null;
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-2 sm:min-h-10">
      {underWay ? null : (
        <ActionForm action={numberPath(channel, number.id)} fields={{ intent: "check" }}>
          <SubmitButton look="quiet" pending={words.asking}>
            {words.checkNow}
          </SubmitButton>
        </ActionForm>
      )}
      <p role="status">{told}</p>
    </div>
  );
}
