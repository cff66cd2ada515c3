/** The words that older tables use for directions and statuses of messages, and what ours are. */

export const directionWords = {
  inbound: ["inbound", "in", "incoming", "received"],
  outbound: ["outbound", "out", "outgoing", "sent"],
};

/** Any other word of an outbound message becomes `sent`, the lowest: what Meta tells later raises it. */
export const statusWords = {
  failed: ["failed", "error", "undelivered", "undeliverable", "rejected", "expired"],
  delivered: ["delivered"],
  read: ["read", "seen"],
  played: ["played"],
};

const listOf = (words: string[]) => words.map((word) => `'${word}'`).join(", ");

/** Of a word in small letters, or of null. */
export function directionOf(word: string, status: string): string {
  const steps = Object.values(statusWords).flat();
  return `case when ${word} in (${listOf(directionWords.inbound)}) then 'inbound'
               when ${word} in (${listOf(directionWords.outbound)}) then 'outbound'
               when ${status} in (${listOf([...steps, "sent"])}) then 'outbound' else 'inbound' end`;
}

export function outboundStatusOf(word: string): string {
  const cases = Object.entries(statusWords).map(
    ([ours, words]) => `when ${word} in (${listOf(words)}) then '${ours}'`,
  );
  return `case ${cases.join(" ")} else 'sent' end`;
}
