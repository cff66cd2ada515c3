/** A workspace with one number, what Meta tells of it, and what a member of the workspace sees of that. For tests. */
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { type IngestReport, processDeliveries } from "../../../inbox/ingest/ingest.server.ts";
import { connectWorkspace, inboxDeps, type Workspace } from "../../../inbox/testing/test-workspaces.ts";
import { phoneNumberId } from "../../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { type AskPage, openPages } from "../pages.ts";
import { startTestProduct, type TestPerson, type TestProduct } from "../product.ts";
import { deliverSigned } from "./delivery-lane.ts";

/** Before each test nothing has been delivered. */
export function deliveryStage() {
  let product: TestProduct;
  let ask: AskPage;
  let workspace: Workspace;
  let person: TestPerson;

  beforeAll(async () => {
    product = await startTestProduct();
    ask = await openPages();
    workspace = await connectWorkspace(product.database, phoneNumberId);
    person = await product.person(workspace.tenantId);
  });
  afterAll(() => product.stop());
  const startAfresh = () => product.database.empty("contacts", "webhook_deliveries");
  beforeEach(startAfresh);

  const sql = <Row>(text: string, values: unknown[] = []) => product.database.sql<Row>(text, values);

  /** Delivers a body by itself, signed, and works it off. */
  async function deliverBody(body: Uint8Array): Promise<IngestReport> {
    expect((await deliverSigned(product, body)).status).toBe(200);
    const open = await sql<{ id: string }>("select id from webhook_deliveries where processed_at is null");
    return processDeliveries(
      inboxDeps(product.database),
      open.map(({ id }) => id),
    );
  }

  /** A page without its scripts. */
  async function markup(path: string): Promise<string> {
    const answer = await ask(new Request(product.origin + path, { headers: { cookie: person.cookie } }));
    expect(answer.status).toBe(200);
    return (await answer.text()).replace(/<script[\s\S]*?<\/script>|<!-- -->/g, "");
  }

  return {
    sql,
    deliverBody,
    markup,
    startAfresh,
    connectionId: () => workspace.connectionId,
  };
}
