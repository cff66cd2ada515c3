/** What `npm run replay` does not do. What it does is shown beside the running product, in dev.db.test.ts. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../stack.ts";

/** A web that only counts who comes, on every address of this machine. */
let visits = 0;
const web = createServer((socket) => {
  visits++;
  socket.destroy();
});
beforeAll(() => once(web.listen(0), "listening"));
afterAll(() => void web.close());

type Mode = "production" | "development";

function replay(origin: string, mode: Mode = "development"): Promise<{ code: unknown; said: string }> {
  const variables = { ORIGIN: origin, DATABASE_URL: "postgres://nowhere.invalid/x", META_APP_SECRET: "s" };
  const command = [path.join(root, "scripts/operate/replay-webhook.ts")];
  return new Promise((resolve) =>
    execFile(process.execPath, command, { env: { ...variables, NODE_ENV: mode } }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, said: out + err }),
    ),
  );
}

test("nothing is posted in production, nor to an address that is not loopback", async () => {
  const { port } = web.address() as AddressInfo;
  const refused = await Promise.all([
    replay(`http://127.0.0.1:${port}`, "production"),
    // Another name for this machine, where somebody listens; and one that nobody could find.
    replay(`http://0.0.0.0:${port}`),
    replay("not an address"),
  ]);
  const word = (text: string) => ({ code: 1, said: `This makes up messages: ${text}.\n` });
  expect(refused).toEqual([
    word("it does not run with NODE_ENV=production"),
    word("it posts to loopback only"),
    word("it posts to loopback only"),
  ]);
  expect(visits).toBe(0);
  // Whoever may post does reach it.
  await replay(`http://127.0.0.1:${port}`);
  expect(visits).toBe(1);
});
