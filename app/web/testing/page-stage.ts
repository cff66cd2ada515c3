/** Pages as the demo people see them, over a database of the file's own. For tests. */
import { afterAll, beforeAll, beforeEach, inject } from "vitest";
import type { TestDatabase } from "#db/testing/test-database.ts";
import { type AskPage, openPages } from "./pages.ts";
import { get, openStage, type Stage, signInAs } from "./stage.ts";

/** Opens both for the file; before each test the services are the usual ones and `emptied` is empty. */
export function pageStage(...emptied: string[]) {
  // Filled by the hooks, before any test looks: the stage, the pages, and what each person's browser sends.
  const demo = {} as { stage: Stage; ask: AskPage; ana: string; leo: string; eva: string; ops: string };
  beforeAll(async () => {
    demo.stage = await openStage(inject("adminUrl"), inject("template"));
    demo.ask = await openPages();
    demo.ana = await signInAs("ana@luz.example");
    demo.leo = await signInAs("leo@luz.example");
    demo.eva = await signInAs("eva@norte.example");
    demo.ops = await signInAs("ops@curbe.example");
  });
  afterAll(() => demo.stage.database.drop());
  beforeEach(async () => {
    demo.stage.setUp({});
    if (emptied.length > 0) await demo.stage.database.empty(...emptied);
  });

  const ask: AskPage = (request) => demo.ask(request);
  const sql: TestDatabase["sql"] = (text, values) => demo.stage.database.sql(text, values);
  const html = async (path: string, cookie?: string): Promise<string> =>
    (await ask(get(path, cookie))).text();
  /** The markup of a page without the data that its scripts carry. */
  const markup = async (path: string, cookie?: string): Promise<string> =>
    (await html(path, cookie)).replace(/<script[\s\S]*?<\/script>|<!-- -->/g, "");

  return { demo, ask, sql, html, markup };
}
