import { type ChannelId, channels } from "../../integrations/catalog.ts";

/** Our mark: a kerb stone's curve that is also a C and the outline of something said, with its stroke of paint. */
export function BrandMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false" className={className}>
      <path
        d="M26.2 9.6A12 12 0 1 0 16 28h11.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="17" cy="16" r="3.6" className="fill-mark" />
    </svg>
  );
}

/** A channel's sign, in one colour of ours. */
export function ChannelSign({ channel, className }: { channel: ChannelId; className?: string }) {
  const { outline, filled } = channels[channel].sign;
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false" className={className}>
      <path d={outline} fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinejoin="round" />
      <path d={filled} fill="currentColor" />
    </svg>
  );
}
