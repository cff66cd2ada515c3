/** What a number's page, its card and their parts share: where it is, how it is, and the one thing to do next. */
import type { ReactNode } from "react";
import { type ChannelId, settingsPath } from "../../integrations/catalog.ts";
import type { Texts } from "../../texts/catalogue.ts";
import type { NumberState, NumberView } from "../connect/card-view.ts";
import { ConnectForm } from "../connect/connect-form.tsx";
import { ButtonLink } from "../forms/buttons.tsx";
import { Panel, Section, StateChip } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";

/** A titled part of a number's page. Its id can be jumped to. */
export function NumberPart({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <div id={id} className="scroll-mt-4">
      <Panel labelledBy={`${id}-title`}>
        <h2 id={`${id}-title`} className="px-5 py-3 text-base">
          {title}
        </h2>
        <Section>{children}</Section>
      </Panel>
    </div>
  );
}

const looks = {
  starting: "wait",
  awaitingTest: "wait",
  connected: "good",
  attention: "warn",
  disconnected: "none",
} as const satisfies Record<NumberState, string>;

/** How a number is, in a sign and a word. */
export function NumberChip({ state }: { state: NumberState }) {
  return <StateChip look={looks[state]}>{wordOf(useTexts(), state)}</StateChip>;
}

function wordOf({ integrations, numbers }: Texts, state: NumberState): string {
  if (state === "awaitingTest") return numbers.awaitingTest;
  return state === "disconnected" ? numbers.disconnected : integrations.states[state];
}

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
  const { state, incident, steps, endsAt, test, onPhone } = number;
  const again = { channel, onPhone };
  if (state === "disconnected") return <ConnectForm {...again} label={words.connectAgain} />;
  if (incident) {
    const { reconnectHelps } = texts.channels[channel].incidentOf(incident.code);
    return <ConnectForm {...again} label={words.reconnect} quiet={!reconnectHelps} />;
  }
  const refused = steps.some(({ retry, code }) => retry !== null && needsReconnect.has(code));
  if (endsAt || refused) return <ConnectForm {...again} label={words.reconnect} />;
  if (state === "attention" || state === "starting" || test) return null;
  if (state === "connected") return <ButtonLink to="/conversations">{words.seeConversations}</ButtonLink>;
  return (
    <ButtonLink look="primary" to={`${numberPath(channel, number.id)}#test`}>
      {texts.numbers.test.send}
    </ButtonLink>
  );
}

/** Meta's code word in ours; one that came after these words were written is shown as it is. */
export function CodeWord({ known, word }: { known: Record<string, string>; word: string }) {
  if (!Object.hasOwn(known, word)) return <code className="font-mono">{word}</code>;
  return <span>{known[word]}</span>;
}

/** A number's own page. */
export function numberPath(channel: ChannelId, connectionId: string): string {
  return `${settingsPath(channel)}/numbers/${connectionId}`;
}
