/** A connected number on the card. */
import { Link } from "@remix-run/react";
import type { ChannelId } from "../integrations/catalog.ts";
import type { Texts } from "../texts/catalogue.ts";
import { ButtonLink, linkLook } from "./buttons.tsx";
import type { NumberView } from "./card-view.ts";
import { ConnectForm } from "./connect-form.tsx";
import { NumberNotices } from "./number-notices.tsx";
import { NumberSteps } from "./number-steps.tsx";
import { Facts, Section } from "./page.tsx";
import { useTexts } from "./page-context.tsx";
import { PhoneNumber } from "./phone-number.tsx";
import { Time } from "./time.tsx";

interface ConnectedNumberProps {
  channel: ChannelId;
  number: NumberView;
}

/** One number: its state, what is wrong with it, and what to do about that. */
export function ConnectedNumber({ channel, number }: ConnectedNumberProps) {
  const words = useTexts().integrations;
  return (
    <Section>
      <NumberNotices channel={channel} number={number} />
      <Facts facts={factsOf(words, number)} />
      <NumberSteps channel={channel} number={number} />
      <div className="flex flex-wrap items-center gap-3">
        <Actions channel={channel} number={number} />
        <Link
          to={`/settings/integrations/${channel}/disconnect?connection=${number.id}`}
          className={`py-2 ${linkLook}`}
        >
          {words.disconnect}
        </Link>
      </div>
    </Section>
  );
}

function factsOf(
  words: Texts["integrations"],
  { number, displayName, since, trouble, deliveries, latest }: NumberView,
) {
  const { details } = words;
  const told = (name: string, known: Record<string, string>, word: string | undefined) =>
    word === undefined ? [] : [{ name, value: wordsOr(known, word) }];
  return [
    { name: details.number, value: number ? <PhoneNumber number={number} className="font-semibold" /> : "–" },
    { name: details.name, value: displayName ?? "–" },
    ...told(details.approvedName, words.nameDecisions, latest.name?.word),
    ...told(details.limit, words.limits, latest.limit?.word),
    { name: details.since, value: <Time at={since} /> },
    ...(trouble ? [] : [{ name: details.deliveries, value: <Deliveries state={deliveries} /> }]),
  ];
}

/** Meta's code word in ours; one that came after these words were written is shown as it is. */
function wordsOr(known: Record<string, string>, word: string) {
  return Object.hasOwn(known, word) ? known[word] : <code className="font-mono">{word}</code>;
}

const needsReconnect = new Set<string | null>(["reconnect", "permission"]);

function Actions({ channel, number: { trouble, endsAt, steps } }: ConnectedNumberProps) {
  const texts = useTexts();
  const words = texts.integrations;
  if (trouble) {
    const { reconnectHelps } = texts.channels[channel].troubleOf(trouble.code);
    return <ConnectForm channel={channel} label={words.reconnect} quiet={!reconnectHelps} />;
  }
  const refused = steps.some(({ retry, code }) => retry !== null && needsReconnect.has(code));
  return (
    <>
      <ButtonLink to="/conversations">{words.seeConversations}</ButtonLink>
      {endsAt || refused ? <ConnectForm channel={channel} label={words.reconnect} quiet /> : null}
    </>
  );
}

function Deliveries({ state }: { state: NumberView["deliveries"] }) {
  const words = useTexts().integrations;
  if (state !== "starting") return words.deliveries[state];
  return (
    <>
      {words.deliveries.starting}{" "}
      <Link to="/settings/integrations" className={linkLook}>
        {words.checkAgain}
      </Link>
    </>
  );
}
