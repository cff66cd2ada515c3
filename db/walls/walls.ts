/** The walls as they stand in a migrated database, as lines of text that people review and a test compares. */
import { readFile } from "node:fs/promises";

export const wallsFile = new URL("../walls.txt", import.meta.url);
const facts = new URL("./walls.sql", import.meta.url);

/** Every fact on a line of its own, in an order that no collation decides. As the superuser or owner who migrated. */
export async function readWalls(
  query: (text: string) => Promise<{ rows: { fact: string }[] }>,
): Promise<string[]> {
  const { rows } = await query(await readFile(facts, "utf8"));
  return rows.map(({ fact }) => fact.replace(/\s+/g, " ")).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The lines of the reviewed file. */
export async function reviewedWalls(): Promise<string[]> {
  const text = await readFile(wallsFile, "utf8");
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
