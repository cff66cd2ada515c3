/** A phone number, grouped by the server, left to right in every language. */
export function PhoneNumber({ number, className }: { number: string; className?: string }) {
  return (
    <span dir="ltr" className={`tabular whitespace-nowrap ${className ?? ""}`}>
      {number}
    </span>
  );
}
