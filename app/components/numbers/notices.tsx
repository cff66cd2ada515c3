/** What a person should know about a connected number before anything else: what is wrong, ending or asked of them. */
import type { ChannelId } from "../../integrations/catalog.ts";
import type { Texts } from "../../texts/catalogue.ts";
import type { NumberView } from "../connect/card-view.ts";
import { Notice } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";

interface NoticesProps {
  channel: ChannelId;
  number: NumberView;
}

export function NumberNotices({ channel, number }: NoticesProps) {
  const texts = useTexts();
  const words = texts.integrations;
  const { state, incident, deliveries, registrationRefusal, silentSince, agentSeenAt, endsAt, requestedAt } =
    number;
  const failedAt = number.steps.find(({ step }) => step === "deliveries_on")?.at;
  return (
    <>
      {incident ? <Incident channel={channel} incident={incident} /> : null}
      {incident === null && state === "attention" && deliveries === "failed" ? (
        <Notice look="warn" title={texts.numbers.deliveriesOff}>
          {words.deliveries.failed}
          {failedAt ? (
            <p className="mt-1 text-xs">
              {words.since} <Time at={failedAt} />.
            </p>
          ) : null}
        </Notice>
      ) : null}
      {registrationRefusal ? (
        <Notice look="warn" title={texts.channels[channel].unregistered}>
          {words.steps.unregistered}
        </Notice>
      ) : null}
      {silentSince ? (
        <Notice look="warn" title={words.silence.title}>
          {words.silence.text} <Time at={silentSince} />.
        </Notice>
      ) : null}
      {agentSeenAt ? (
        <Notice look="plain" title={texts.channels[channel].agent.title}>
          {texts.channels[channel].agent.text} <Time at={agentSeenAt} />.
        </Notice>
      ) : null}
      {endsAt ? (
        <Notice look="warn" title={words.ending.title}>
          {words.ending.text} <Time at={endsAt} />.
        </Notice>
      ) : null}
      {requestedAt ? (
        <Notice look="warn" title={words.requested.title}>
          {words.requested.text} {words.requested.since} <Time at={requestedAt} />.
        </Notice>
      ) : null}
      {incident || state === "disconnected" ? null : <Told channel={channel} number={number} />}
    </>
  );
}

interface IncidentProps {
  channel: ChannelId;
  incident: NonNullable<NumberView["incident"]>;
}

function Incident({ channel, incident }: IncidentProps) {
  const texts = useTexts();
  const words = texts.integrations;
  const { title, effect, action } = texts.channels[channel].incidentOf(incident.code);
  return (
    <Notice look="warn" title={title}>
      <p>
        {effect} {action}
      </p>
      <p className="mt-1 text-xs">
        {words.since} <Time at={incident.at} />. {words.reference}{" "}
        <code className="font-mono">{incident.code}</code>
      </p>
    </Notice>
  );
}

/** What Meta told and nobody has to act on at once. An incident says more, so it stands alone. */
function Told({ channel, number: { latest } }: NoticesProps) {
  const texts = useTexts();
  const words = texts.integrations;
  const { qualityNews, restriction } = latest;
  const { quality: flagged, restrictionText } = texts.channels[channel];
  return (
    <>
      {restriction && restriction.word !== lifted ? (
        <Notice look="plain" title={restrictionTitle(words, restriction.word)}>
          {restrictionText} <Time at={restriction.at} />.
        </Notice>
      ) : null}
      {qualityNews?.word === "FLAGGED" ? (
        <Notice look="plain" title={flagged.title}>
          {flagged.text} <Time at={qualityNews.at} />.
        </Notice>
      ) : null}
    </>
  );
}

const lifted = "REINSTATE";

function restrictionTitle(words: Texts["integrations"], word: string): string {
  const { restrictions, restrictedOtherwise } = words;
  return (Object.hasOwn(restrictions, word) && restrictions[word]) || `${restrictedOtherwise} ${word}`;
}
