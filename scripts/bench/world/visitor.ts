/** Somebody who is signed in and looks at pages, as a browser asks for them. */
import { setTimeout as sleep } from "node:timers/promises";
import { hashPassword } from "../../../app/platform/passwords.server.ts";
import { withClient } from "../cluster.ts";
import { createHistogram, type DurationSummary } from "../measures/histogram.ts";
import type { Target } from "../targets.ts";

const password = "made for this database only";

/** Makes an admin of a workspace and signs them in over HTTP. The value for `Cookie`. */
export async function signInVisitor({ databaseUrl, ports }: Target, tenantId: string): Promise<string> {
  const hash = await hashPassword(password);
  await withClient(databaseUrl, (client) =>
    client.query(
      `with u as (insert into users (email, password_hash) values ('visitor@bench.example', $1)
                  on conflict do nothing returning id)
       insert into memberships (tenant_id, user_id, role) select $2, id, 'admin' from u`,
      [hash, tenantId],
    ),
  );
  const origin = `http://localhost:${ports[0]}`;
  const answer = await fetch(`${origin}/login`, {
    method: "POST",
    redirect: "manual",
    headers: { origin, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ email: "visitor@bench.example", password }),
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
  if (answer.status !== 303 || !cookie)
    throw new Error(`The visitor could not sign in: HTTP ${answer.status}.`);
  return cookie;
}

/** Asks for `path` at a steady rate, whatever waits. Throws when an answer is not a whole page. */
export async function visit(
  target: Target,
  cookie: string,
  { path, perSecond, visits }: { path: string; perSecond: number; visits: number },
): Promise<DurationSummary> {
  const histogram = createHistogram();
  const started = performance.now();
  const asked: Promise<void>[] = [];
  for (let visit = 0; visit < visits; visit++) {
    // When it was due, not when it was sent: a visit that had to wait for others has waited.
    const due = started + (visit * 1000) / perSecond;
    await sleep(Math.max(0, due - performance.now()));
    asked.push(
      fetch(`http://localhost:${target.ports[0]}${path}`, { headers: { cookie } }).then(async (answer) => {
        const page = await answer.text();
        if (!answer.ok || !page.includes("</html>"))
          throw new Error(`${path} answered HTTP ${answer.status}.`);
        histogram.addMs(performance.now() - due);
      }),
    );
  }
  await Promise.all(asked);
  return histogram.summary();
}
