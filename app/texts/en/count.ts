/** `1 message`, `1,204 messages`, `2 people`. */
export function count(amount: number, noun: string, many = `${noun}s`): string {
  return `${amount.toLocaleString("en")} ${amount === 1 ? noun : many}`;
}

/** `WhatsApp`, `WhatsApp or Instagram`. */
export function either(labels: string[]): string {
  return new Intl.ListFormat("en", { type: "disjunction" }).format(labels);
}
