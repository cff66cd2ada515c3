import type { NumberTest } from "../connect/card-view.ts";
import { QrCode } from "./qr-code.tsx";

interface FirstMessageSignProps {
  step: "starting" | "open" | "passed";
  qr: NumberTest["qr"];
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
export function FirstMessageSign({ step, qr, qrLabel }: FirstMessageSignProps) {
  if (step === "open") return <QrCode {...qr} label={qrLabel} />;
  const { box, sign } = signs[step];
  return (
    <div className={`grid size-[160px] place-items-center rounded-sm border ${box}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true" focusable="false" className="size-16">
        <path
          d={sign}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
    </div>
  );
}
