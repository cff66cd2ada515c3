/** The one thing to do next about a number. */
import type { ChannelId } from "../../integrations/catalog.ts";
import type { NumberView } from "../connect/card-view.ts";
import { ConnectForm } from "../connect/connect-form.tsx";
import { ButtonLink } from "../forms/buttons.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { numberPath } from "./path.ts";

interface NumberActionProps {
  channel: ChannelId;
  number: NumberView;
}

/** Why a step failed, where trying it again cannot help. */
export const needsReconnect = new Set<string | null>(["reconnect", "permission", "token_unreadable"]);

/** Nothing while it is at work by itself, where its test is shown (`test`), and where a failed step offers the way. */
export function NumberAction({ channel, number }: NumberActionProps) {
  const texts = useTexts();
  const words = texts.integrations;
  const { state, incident, steps, endsAt, test } = number;
  if (state === "disconnected") return <ConnectForm channel={channel} label={words.connectAgain} />;
  if (incident) {
    const { reconnectHelps } = texts.channels[channel].incidentOf(incident.code);
    return <ConnectForm channel={channel} label={words.reconnect} quiet={!reconnectHelps} />;
  }
  const refused = steps.some(({ retry, code }) => retry !== null && needsReconnect.has(code));
  if (endsAt || refused) return <ConnectForm channel={channel} label={words.reconnect} />;
  if (state === "attention" || state === "starting" || test) return null;
  if (state === "connected") return <ButtonLink to="/conversations">{words.seeConversations}</ButtonLink>;
  return (
    <ButtonLink look="primary" to={`${numberPath(channel, number.id)}#test`}>
      {texts.numbers.test.send}
    </ButtonLink>
  );
}
