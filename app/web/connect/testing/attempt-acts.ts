/** What a person does with the grant that waits in their attempt to connect. For tests. */
import { endMembership } from "../../../../db/queries/people/memberships.ts";
import { asOwner } from "../../../../scripts/users/person.ts";
import { pickerPlace } from "../../testing/connect-flows.ts";
import { graphActs } from "../../testing/graph-acts.ts";
import type { TestPerson } from "../../testing/product.ts";

export function attemptActs() {
  const flows = graphActs();
  const { flow, post } = flows;
  const sql: typeof flow.product.database.sql = (text, values) => flow.product.database.sql(text, values);
  const colleague = () => flow.product.person(flow.ana.tenantId);

  const attempts = ({ userId }: TestPerson) =>
    sql<{ id: string; status: string; access_token_enc: string | null }>(
      "select * from channel_connections where attempted_by = $1 order by id",
      [userId],
    );
  const pick = async (person: TestPerson, fields: Record<string, string>) =>
    (await post(person, pickerPlace, fields)).headers.get("location");
  const choose = (person: TestPerson, phoneNumberId: string) => pick(person, { phoneNumberId });
  const look = (person: TestPerson) => pick(person, { intent: "look" });
  const leaveWorkspace = ({ tenantId, userId }: TestPerson) =>
    asOwner(flow.product.database.url, "test", (owner) => endMembership(owner, tenantId, userId));
  return { ...flows, sql, colleague, attempts, choose, look, leaveWorkspace };
}
