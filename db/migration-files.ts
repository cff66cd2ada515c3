/** The files of db/migrations and the digest that says which state of them a database was made by. */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";

const folder = new URL("./migrations/", import.meta.url);
const levelFile = new URL("./schema-level.ts", import.meta.url);

export interface MigrationFile {
  /** Without the ending. */
  name: string;
  text: string;
  /** Of this file and of all before it: one that is equal says that everything up to here is. */
  digest: string;
}

/** The files in their order. A line's ending is no difference: some checkouts change it. */
export async function readMigrationFiles(): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")));
  return digestFiles(names.map((name, at) => ({ name: name.replace(/\.sql$/, ""), text: texts[at] ?? "" })));
}

/** Each with the digest of itself and of those before it. */
export function digestFiles(files: { name: string; text: string }[]): MigrationFile[] {
  let before = "";
  return files.map(({ name, text }) => {
    const content = `${before}\n${name}\n${text.replaceAll("\r\n", "\n")}`;
    before = createHash("sha256").update(content).digest("hex");
    return { name, text, digest: before };
  });
}

/** Brings db/schema-level.ts, which the bundles carry, to the state of the files. Returns whether it had to. */
export async function writeSchemaLevel(): Promise<boolean> {
  const last = (await readMigrationFiles()).at(-1);
  if (!last) return false;
  const text = levelText(last);
  // As text: what two branches have written may be nothing that can be imported.
  if ((await readFile(levelFile, "utf8").catch(() => "")) === text) return false;
  await writeFile(levelFile, text);
  return true;
}

function levelText({ name, digest }: MigrationFile): string {
  return `/** The state of db/migrations that this build was made for; the bundles carry no SQL. Written by npm run db:walls. */
export const latestMigration = "${name}";
export const schemaDigest = "${digest}";
`;
}
