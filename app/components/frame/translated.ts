/**
 * Pages that the browser has translated. It puts elements of its own in the place of text nodes, of which React knows
 * nothing: words that change later would be written into nodes that are shown no more, or fail to be taken away.
 */

/** What browsers put around translated words; nothing of ours is made of it. */
const wrappers = typeof document === "undefined" ? undefined : document.getElementsByTagName("font");

/**
 * The key of an element: `id`, and in a translated page what it shows as well. Where that changes React then replaces the
 * whole element, whatever has become of its text, and the browser translates the new one.
 */
export function keyInTranslation(id: string, shown: unknown): string {
  return wrappers && wrappers.length > 0 ? `${id} ${JSON.stringify(shown)}` : id;
}
