/** `1 mensaje`, `1,204 mensajes`: the plural is handed in, for not every noun has one with an s alone. */
export function count(amount: number, one: string, many: string): string {
  return `${amount.toLocaleString("es-419")} ${amount === 1 ? one : many}`;
}

/** `WhatsApp`, `WhatsApp o Instagram`. */
export function either(labels: string[]): string {
  return new Intl.ListFormat("es", { type: "disjunction" }).format(labels);
}
