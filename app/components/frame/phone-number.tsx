/** A phone number, grouped by the server, left to right in every language; in one line wherever one has room for it. */
export function PhoneNumber({ number, className }: { number: string; className?: string }) {
  return (
    <span dir="ltr" className={`tabular inline-block ${className ?? ""}`}>
      {number}
    </span>
  );
}
