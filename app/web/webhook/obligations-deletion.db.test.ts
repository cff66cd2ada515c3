import { describe, expect, test } from "vitest";
import { BUSINESS_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { english as texts } from "../../texts/en/index.ts";
import { pageTexts } from "../../texts/pages.ts";
import { provideServices } from "../services.server.ts";
import { connectedPlace, connectFlows } from "../testing/connect-flows.ts";
import { type Confirmation, seconds, signedRequests } from "../testing/signed-requests.ts";

const flows = connectFlows();
const { flow, connect, leave, connections } = flows;
const { sql, tell, erase, onlyConnection, grantorOf, grantAs, eventsOf, requestsOf, page } =
  signedRequests(flows);

describe("the data-deletion callback", () => {
  test("deletes what is the person's, keeps what is the workspace's, and says where to look", async () => {
    const eva = await flow.product.person();
    const bystander = await flow.product.person();
    await connect(flow.ana, BUSINESS_IDS.luz);
    await connect(eva, BUSINESS_IDS.norte);
    await connect(bystander, BUSINESS_IDS.cadenas);
    const untouched = await connections(bystander);
    const grantor = await grantorOf(flow.ana);
    await grantAs(eva, grantor);
    await leave(eva);
    expect(await sql("select 1 from connection_teardowns where access_token_enc is not null")).toHaveLength(
      1,
    );

    expect(await everythingStored()).toContain(grantor);
    const confirmation = await erase(grantor);
    expect(confirmation).toEqual({
      url: `${flow.product.origin}/data-deletion/${confirmation.confirmation_code}`,
      confirmation_code: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(await onlyConnection(flow.ana)).toMatchObject({
      status: "error",
      access_token_enc: null,
      scopes: [],
      metadata: { error: { code: "deauthorized" } },
    });
    expect(await onlyConnection(eva)).toMatchObject({
      status: "revoked",
      access_token_enc: null,
      scopes: [],
    });
    expect(await sql("select 1 from connection_teardowns where access_token_enc is not null")).toEqual([]);
    expect(await requestsOf(confirmation.confirmation_code)).toMatchObject([
      { status: "completed", connections_cleared: 2, tokens_destroyed: 2 },
    ]);
    expect(await eventsOf(flow.ana)).toEqual(["connected", "deauthorized"]);
    expect(await eventsOf(eva)).toEqual(["connected", "disconnected"]);
    expect(await connections(bystander)).toEqual(untouched);
    expect(await everythingStored()).not.toContain(grantor);
  });

  test("sent ten times at the same moment gives one code and one record", async () => {
    await connect(flow.ana);
    const grantor = await grantorOf(flow.ana);
    const issuedAt = seconds();
    const [{ n: before } = { n: 0 }] = await sql<{ n: number }>(
      "select count(*)::int n from deletion_requests",
    );
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => tell("data-deletion", grantor, issuedAt)),
    );
    const codes = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as Confirmation).confirmation_code),
    );
    expect(new Set(codes).size).toBe(1);
    expect(await sql("select count(*)::int n from deletion_requests")).toEqual([{ n: before + 1 }]);
    expect(await requestsOf(codes[0] ?? "")).toMatchObject([{ connections_cleared: 1, tokens_destroyed: 1 }]);

    const once = await connections(flow.ana);
    const again = await erase(grantor, issuedAt);
    expect(again.confirmation_code).toBe(codes[0]);
    expect(await connections(flow.ana)).toEqual(once);
    const later = await erase(grantor, issuedAt + 60);
    expect(later.confirmation_code).not.toBe(codes[0]);
  });

  test("after a deauthorize of the same second still finds the traces; the two at once do not disturb each other", async () => {
    await connect(flow.ana);
    const grantor = await grantorOf(flow.ana);
    const issuedAt = seconds();
    const answers = await Promise.all(
      (["deauthorize", "data-deletion", "deauthorize", "data-deletion"] as const).map((callback) =>
        tell(callback, grantor, issuedAt),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await onlyConnection(flow.ana)).toMatchObject({ status: "error", scopes: [] });
    expect(await onlyConnection(flow.ana)).toMatchObject({ granted_by_meta_user: null, granted_at: null });
    expect(await eventsOf(flow.ana)).toEqual(["connected", "deauthorized"]);
  });

  test("replayed much later does not touch what was granted since", async () => {
    await connect(flow.ana);
    const grantor = await grantorOf(flow.ana);
    const issuedAt = seconds() - 86_400;
    await erase(grantor, issuedAt);
    expect(await onlyConnection(flow.ana)).toMatchObject({ status: "active" });
    await erase(grantor, issuedAt);
    expect(await onlyConnection(flow.ana)).toMatchObject({ status: "active" });
  });

  test("for somebody unknown is recorded and confirmed like any other", async () => {
    const { confirmation_code } = await erase("199000000000000002");
    expect(await requestsOf(confirmation_code)).toMatchObject([
      { status: "nothing_found", connections_cleared: 0, tokens_destroyed: 0 },
    ]);
  });

  test("reconnecting afterwards works as ever", async () => {
    await connect(flow.ana);
    const { id } = await onlyConnection(flow.ana);
    await erase(await grantorOf(flow.ana));
    expect(await connect(flow.ana)).toBe(connectedPlace);
    expect(await onlyConnection(flow.ana)).toMatchObject({ id, status: "active" });
  });
});

describe("the page of a deletion request", () => {
  const words = pageTexts(texts).deletion;
  const ask = async (userId: string) => (await erase(userId)).confirmation_code;

  test("tells anybody who has its code what was deleted, what is kept and whom to ask", async () => {
    await connect(flow.ana);
    const grantor = await grantorOf(flow.ana);
    const confirmation = await ask(grantor);
    const shown = await page(`/data-deletion/${confirmation}`);
    expect(shown).toContain(words.states.completed);
    expect(shown).toContain(confirmation);
    for (const line of [...words.deletedList(1, 1), ...words.keptList]) expect(shown).toContain(line);
    expect(shown).toContain(words.findContact("curbe.test"));
    expect(shown).toContain('name="robots" content="noindex"');
    expect(shown.match(/<h1/g)).toHaveLength(1);
    expect(shown).not.toContain(grantor);
    expect(await page(`/data-deletion/${confirmation}`, flow.ana)).toContain(words.states.completed);
  });

  test("says that nothing was stored when nothing was", async () => {
    const shown = await page(`/data-deletion/${await ask("199000000000000005")}`);
    expect(shown).toContain(words.states.nothing_found);
    expect(shown).toContain(words.nothingFound);
    expect(shown).not.toContain(words.deleted);
  });

  test("names the operator's address when there is one", async () => {
    provideServices({ ...flow.product.services, operatorEmail: "privacy@curbe.test" });
    const shown = await page(`/data-deletion/${await ask("199000000000000006")}`);
    provideServices(flow.product.services);
    expect(shown).toContain('href="mailto:privacy@curbe.test"');
  });

  test.each(["0".repeat(32), "abc123", "'; drop table deletion_requests; --", "%00"])(
    "for %j, which is no code of ours, is not found",
    async (unknown) => {
      const shown = await page(`/data-deletion/${encodeURIComponent(unknown)}`, undefined, 404);
      expect(shown).toContain(words.unknown.title);
    },
  );
});

describe("what the web's role may do", () => {
  test("is to call the functions, and not to read the records or lock connections of others", async () => {
    const db = flow.product.database.as("app_web");
    await expect(db.selectFrom("deletion_requests").selectAll().execute()).rejects.toThrow(
      /permission denied/,
    );
    const granted = await sql<{ name: string }>(
      `select p.proname as name from pg_proc p where p.pronamespace = 'app'::regnamespace
          and p.proname in ('lock_connections_granted_by', 'deauthorize_meta_user', 'delete_meta_user_data', 'deletion_request')
          and has_function_privilege('app_web', p.oid, 'execute') order by 1`,
    );
    expect(granted.map(({ name }) => name)).toEqual([
      "deauthorize_meta_user",
      "delete_meta_user_data",
      "deletion_request",
    ]);
    const others = await sql(
      `select r.rolname, p.proname from pg_roles r, pg_proc p where r.rolname in ('app_tenant', 'app_ingest', 'app_jobs')
          and p.pronamespace = 'app'::regnamespace and p.proname in ('deauthorize_meta_user', 'delete_meta_user_data', 'deletion_request')
          and has_function_privilege(r.rolname, p.oid, 'execute')`,
    );
    expect(others).toEqual([]);
  });
});

/** The text of every row of every table of ours. */
async function everythingStored(): Promise<string> {
  const tables = await sql<{ name: string }>(
    "select quote_ident(relname) as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
  );
  const rows = await Promise.all(
    tables.map(({ name }) => sql<{ row: string }>(`select t::text as row from ${name} t`)),
  );
  return rows
    .flat()
    .map(({ row }) => row)
    .join("\n");
}
