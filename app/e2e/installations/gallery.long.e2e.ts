/** `npm run gallery`: pictures of every language, theme and width, and the page that shows them. */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { root } from "../../../scripts/stack.ts";

test("the gallery of one state has its pictures, and the page that shows them", async () => {
  test.setTimeout(180_000);
  const folder = await mkdtemp(path.join(tmpdir(), "curbe-gallery-"));
  try {
    const options = ["--only", "sign-in: signed out", "--out", folder, "--no-build"];
    const { code, said } = await run(["scripts/gallery.ts", ...options]);
    expect(code, said).toBe(0);
    const pictures = (await readdir(folder)).filter((name) => name.endsWith(".png"));
    expect(pictures).toHaveLength(8);
    const page = await readFile(path.join(folder, "index.html"), "utf8");
    for (const picture of pictures) expect(page).toContain(`src="${picture}"`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** In a run of its own, which knows nothing of this one. */
function run(command: string[]): Promise<{ code: number | null; said: string }> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(E2E_|TEST_|PLAYWRIGHT_|FORCE_COLOR)/.test(name),
  );
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: Object.fromEntries(own) as NodeJS.ProcessEnv,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk));
  return new Promise((resolve) => child.once("exit", (code) => resolve({ code, said })));
}
