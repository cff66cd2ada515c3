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

/** The channel's sign in one colour of ours: a round of speech with a receiver, drawn for this product. */
export function WhatsAppSign({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false" className={className}>
      <path
        d="M16 4.5a11.5 11.5 0 0 0-9.9 17.3L4.5 27.5l5.9-1.5A11.5 11.5 0 1 0 16 4.5Z"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinejoin="round"
      />
      <path
        d="M11.2 11.4c.5-1 1.6-1 2-.1l.9 1.9c.2.5.1 1-.3 1.4l-.7.7a7.6 7.6 0 0 0 3.6 3.6l.7-.7c.4-.4.9-.5 1.4-.3l1.9.9c.9.4.9 1.5-.1 2-2 1-4.9 0-7.3-2.3s-3.3-5.2-2.1-7.1Z"
        fill="currentColor"
      />
    </svg>
  );
}
