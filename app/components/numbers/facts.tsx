/** What a number is, and what has been done so that it works. */
import type { ChannelId } from "../../integrations/catalog.ts";
import type { Texts } from "../../texts/catalogue.ts";
import type { NumberView } from "../connect/card-view.ts";
import { Facts } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { CodeWord, NumberPart } from "./parts.tsx";
import { NumberSteps } from "./steps.tsx";

export function NumberFacts({ channel, number }: { channel: ChannelId; number: NumberView }) {
  const texts = useTexts();
  return (
    <NumberPart id="number" title={texts.numbers.numberFacts}>
      <Facts facts={factsOf(texts.integrations, number)} />
      {number.state === "disconnected" ? null : <NumberSteps channel={channel} number={number} />}
    </NumberPart>
  );
}

function factsOf(
  words: Texts["integrations"],
  { displayName, since, state, incident, deliveries, latest }: NumberView,
) {
  const { details } = words;
  const arrives = state === "connected" || state === "awaitingTest";
  const isOn = deliveries === "on" && !arrives;
  const silent = incident !== null || state === "disconnected";
  return [
    { name: details.name, value: displayName ?? "–" },
    ...(latest.name
      ? [
          {
            name: details.approvedName,
            value: <CodeWord known={words.nameDecisions} word={latest.name.word} />,
          },
        ]
      : []),
    { name: arrives ? details.since : details.addedOn, value: <Time at={since} /> },
    ...(silent ? [] : [{ name: details.deliveries, value: words.deliveries[isOn ? "onAlone" : deliveries] }]),
  ];
}
