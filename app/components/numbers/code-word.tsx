/** Meta's code word in ours; one that came after these words were written is shown as it is. */
export function CodeWord({ known, word }: { known: Record<string, string>; word: string }) {
  if (!Object.hasOwn(known, word)) return <code className="font-mono">{word}</code>;
  return <span>{known[word]}</span>;
}
