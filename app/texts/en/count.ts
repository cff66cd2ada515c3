/** `1 message`, `1,204 messages`. */
export function count(amount: number, noun: string): string {
  return `${amount.toLocaleString("en")} ${noun}${amount === 1 ? "" : "s"}`;
}

/** `WhatsApp`, `WhatsApp or Instagram`. */
export function either(labels: string[]): string {
  return new Intl.ListFormat("en", { type: "disjunction" }).format(labels);
}
