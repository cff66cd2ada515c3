/** A mail server that takes what it is sent, or refuses it as `verdicts` say, and our post to it. For tests. */
import { afterAll, afterEach, beforeAll } from "vitest";
import { type MailCatcher, startMailCatcher } from "../../../scripts/dev/mail-catcher.ts";
import type { LogFields } from "../../platform/log.server.ts";
import { Secret } from "../../platform/secret.server.ts";
import { createSmtpPost, type Post } from "../post.server.ts";

export const origin = "https://app.example.com";

/** Starts it for the file; before each test nothing has come, nothing was logged and nobody is refused. */
export function mailServer() {
  // Filled by the hooks, before any test looks.
  const server = {} as { catcher: MailCatcher; post: Post };
  const verdicts: Record<string, number> = {};
  const logged: { message: string; fields: LogFields | undefined }[] = [];
  const write = (message: string, fields?: LogFields) => void logged.push({ message, fields });
  beforeAll(async () => {
    server.catcher = await startMailCatcher({ verdict: (address) => verdicts[address] });
    const url = new Secret(server.catcher.smtpUrl);
    server.post = createSmtpPost({ url, from: "Curbe <no-reply@curbe.example>" });
  });
  afterAll(async () => {
    server.post.close();
    await server.catcher.stop();
  });
  afterEach(() => {
    server.catcher.forget();
    logged.length = 0;
    for (const address of Object.keys(verdicts)) delete verdicts[address];
  });
  return { server, verdicts, logged, log: { info: write, warn: write, error: write } };
}
