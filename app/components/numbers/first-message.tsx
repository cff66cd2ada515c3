/** The last step of a connect: a first message, sent by the person who connects. */
import { Link } from "@remix-run/react";
import { type ReactNode, useState } from "react";
import type { ChannelId } from "../../integrations/catalog.ts";
import type { NumberView, NumberTest as Test } from "../connect/card-view.ts";
import { ButtonLink, buttonLook, linkLook } from "../forms/buttons.tsx";
import { ActionForm, SubmitButton } from "../forms/forms.tsx";
import { LineSign, PhoneNumber } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { numberPath } from "./parts.tsx";

interface FirstMessageProps {
  channel: ChannelId;
  number: NumberView;
  test: Test;
  /** Just connected, and nothing else on the page tells when the message has come. */
  announced?: boolean;
}

const isWaiting = ({ state }: NumberView) => state === "starting" || state === "awaitingTest";

/** Whether the person looked on while the number was waiting for its first message, in this document. */
export function useWaited(number: NumberView): boolean {
  const [waited, setWaited] = useState(isWaiting(number));
  if (isWaiting(number) && !waited) setWaited(true);
  return waited;
}

/** What is to be done for it, or what came of it. */
export function FirstMessage({ announced = false, ...props }: FirstMessageProps) {
  const { number } = props;
  const words = useFirstMessageTexts();
  const waited = useWaited(number);
  const { state, firstEventAt, latestMessage } = number;
  if (state === "attention" && !firstEventAt) return <p>{words.notYet}</p>;
  if (firstEventAt && (state === "attention" || !(announced || waited)))
    return <Passed firstEventAt={firstEventAt} latestMessage={latestMessage} />;
  return <FirstMessageSteps announced={announced} {...props} />;
}

function useFirstMessageTexts() {
  return useTexts().numbers.test;
}

/** Later: that it was passed, and when. */
function Passed({ firstEventAt, latestMessage }: Pick<NumberView, "latestMessage"> & { firstEventAt: Date }) {
  const words = useFirstMessageTexts();
  return (
    <div className="flex flex-wrap justify-between gap-x-6 gap-y-2">
      <p>
        {words.passedOn} <Time at={firstEventAt} />.
      </p>
      {latestMessage ? (
        <Link to={`/conversations/${latestMessage.conversationId}`} className={linkLook}>
          {words.openConversation}
        </Link>
      ) : null}
    </div>
  );
}

/** Every step of it takes the same room, so that nothing moves when one follows the other. */
function FirstMessageSteps({ channel, number, test, announced }: FirstMessageProps) {
  const texts = useTexts();
  const words = texts.numbers.test;
  const { state, firstEventAt, latestMessage } = number;
  const step = state === "starting" ? "starting" : firstEventAt ? "passed" : "open";
  const qrLabel = words.qr(texts.channels[channel].label, number.number ?? "");
  return (
    <div className="grid items-center justify-items-start gap-x-6 gap-y-4 sm:grid-cols-[1fr_auto]">
      <div className="grid gap-3">
        <div role={announced ? "status" : undefined} className="grid max-w-prose *:col-start-1 *:row-start-1">
          <Said now={step === "starting"}>{texts.numbers.status.starting}</Said>
          <Said now={step === "open"}>
            {words.before} <PhoneNumber number={number.number ?? ""} className="font-semibold" />{" "}
            {words.after}
          </Said>
          <Said now={step === "passed"}>{latestMessage ? words.passed : words.passedByReceipt}</Said>
        </div>
        <div className="min-h-22 sm:min-h-10">
          {step === "open" ? <Ways channel={channel} number={number} test={test} /> : null}
          {step === "passed" ? <Arrived number={number} /> : null}
        </div>
        <p className={`max-w-prose text-xs text-ink-soft ${step === "open" ? "" : "invisible"}`}>
          {words.orScan}
        </p>
      </div>
      <FirstMessageSign step={step} qr={test.qr} qrLabel={qrLabel} />
    </div>
  );
}

function Said({ now, children }: { now: boolean; children: ReactNode }) {
  return <p className={now ? "" : "invisible"}>{children}</p>;
}

/** A link for the device in hand; another device scans the code beside it. */
function Ways({ channel, number, test }: FirstMessageProps) {
  const texts = useTexts();
  const words = texts.numbers.test;
  const waiting = number.state === "awaitingTest";
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
      <a href={test.link} rel="noreferrer" className={buttonLook[waiting ? "primary" : "quiet"]}>
        {words.openApp(texts.channels[channel].label)}
      </a>
      {waiting ? (
        <ActionForm action={numberPath(channel, number.id)} fields={{ intent: "skip" }}>
          <SubmitButton look="bare" pending={words.skipping}>
            {words.skip}
          </SubmitButton>
        </ActionForm>
      ) : null}
    </div>
  );
}

function Arrived({ number: { latestMessage } }: Pick<FirstMessageProps, "number">) {
  const words = useFirstMessageTexts();
  if (!latestMessage) return null;
  return (
    <span>
      <ButtonLink look="primary" to={`/conversations/${latestMessage.conversationId}`}>
        {words.openConversation}
      </ButtonLink>
    </span>
  );
}

interface FirstMessageSignProps {
  step: "starting" | "open" | "passed";
  qr: Test["qr"];
  qrLabel: string;
}

const signs = {
  starting: {
    box: "border-line bg-sunken text-ink-soft",
    sign: "M8 4.5V8l2.5 1.5M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13Z",
  },
  passed: { box: "border-good bg-good-soft text-good", sign: "M3.5 8.5l3 3 6-7" },
};

/** The code to scan; before and after it, in its place, how the test is. The words beside it say the same. */
function FirstMessageSign({ step, qr, qrLabel }: FirstMessageSignProps) {
  if (step === "open") return <QrCode {...qr} label={qrLabel} />;
  const { box, sign } = signs[step];
  return (
    <div className={`grid size-[160px] place-items-center rounded-sm border ${box}`}>
      <LineSign path={sign} strokeWidth="1.4" className="size-16" />
    </div>
  );
}

interface QrCodeProps {
  /** Modules along a side. */
  size: number;
  /** What is dark, in units of a module. */
  path: string;
  label: string;
}

/** Without this many light modules on each side many cameras find nothing. */
const quiet = 4;

/** Dark on white whatever the theme: cameras do not read it the other way round. */
function QrCode({ size, path, label }: QrCodeProps) {
  const side = size + 2 * quiet;
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`${-quiet} ${-quiet} ${side} ${side}`}
      shapeRendering="crispEdges"
      // Cameras need no larger one where text is larger.
      className="size-[160px] rounded-sm border border-line forced-color-adjust-none"
    >
      <rect x={-quiet} y={-quiet} width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
