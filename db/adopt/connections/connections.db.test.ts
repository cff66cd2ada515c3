import { expect, test } from "vitest";
import { now, olderDatabases } from "../testing/older-database.ts";
import { connection, connections, insertConnection, luz, norte, tenants } from "../testing/older-schema.ts";

const createOlderDatabase = olderDatabases();
const sealedText = "v1.AAAAAAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA";
const at = now.toISOString();

const rowsOf = (older: { sql<Row>(text: string): Promise<Row[]> }) =>
  older.sql<Record<string, unknown>>(
    "select id, status, phone_number_id, access_token_enc, metadata from channel_connections order by id",
  );
const claimsOf = (older: { sql<Row>(text: string): Promise<Row[]> }) =>
  older.sql("select phone_number_id, connection_id from number_claims where released_at is null order by 1");

test("keeps a status it does not know in metadata, and asks for what is missing", async () => {
  const token = { access_token_enc: sealedText };
  const older = await createOlderDatabase(
    [
      tenants,
      connections(),
      insertConnection(1, { ...token, status: "connected" }),
      insertConnection(2, { ...token, waba_id: null }),
      insertConnection(3, { ...token, phone_number_id: "  " }),
      insertConnection(4, {}),
      insertConnection(5, {
        ...token,
        status: "error",
        metadata: `{"error": {"code": "token_rejected", "at": "${at}"}}`,
      }),
      insertConnection(6, {
        ...token,
        metadata: '{"error": "no", "steps": 7, "connected_at": "?", "color": "red"}',
      }),
      insertConnection(7, { status: "pending" }),
    ].join("\n"),
  );
  const report = await older.adopt();
  const error = (code: string) => ({ error: { code, at } });
  expect(await rowsOf(older)).toMatchObject([
    { status: "error", metadata: { former_status: "connected", ...error("status_unknown") } },
    { status: "error", metadata: error("incomplete"), phone_number_id: "102" },
    { status: "error", metadata: error("incomplete"), phone_number_id: null },
    { status: "error", metadata: error("incomplete") },
    { status: "error", metadata: error("token_rejected") },
    {
      status: "active",
      metadata: { color: "red", former_error: "no", former_steps: 7, former_connected_at: "?" },
    },
    // An attempt owns no number yet.
    { status: "pending", phone_number_id: "107" },
  ]);
  expect(report.filter((line) => line.includes("incomplete") || line.includes("lacks"))).toHaveLength(3);
  // A number that has an owner is routed, whatever else is wrong with its connection.
  expect(
    (await claimsOf(older)).map((claim) => (claim as { phone_number_id: string }).phone_number_id),
  ).toEqual(["101", "102", "104", "105", "106"]);
  expect(
    await older.sql("select kind, detail->>'code' as code from connection_events order by id limit 2"),
  ).toEqual([
    { kind: "adopted", code: "status_unknown" },
    { kind: "adopted", code: "incomplete" },
  ]);
});

test("leaves a number to the newest active row of a workspace, and revokes the older ones", async () => {
  const same = { phone_number_id: "555", access_token_enc: sealedText };
  const older = await createOlderDatabase(
    [
      tenants,
      connections(),
      insertConnection(1, { ...same, created_at: "2024-01-01Z", updated_at: "2025-12-01Z" }),
      insertConnection(2, { ...same, created_at: "2024-06-01Z", updated_at: "2024-06-01Z" }),
      insertConnection(3, { ...same, created_at: "2025-01-01Z", status: "error" }),
      insertConnection(4, { ...same, created_at: "2025-02-01Z", status: "revoked" }),
    ].join("\n"),
  );
  const report = await older.adopt();
  const revoked = {
    status: "revoked",
    phone_number_id: null,
    access_token_enc: null,
    metadata: { former_phone_number_id: "555", superseded_by: connection(2) },
  };
  expect(await rowsOf(older)).toMatchObject([
    { id: connection(1), ...revoked },
    { id: connection(2), status: "active", phone_number_id: "555", access_token_enc: sealedText },
    { id: connection(3), ...revoked },
    { id: connection(4), ...revoked },
  ]);
  expect(await claimsOf(older)).toEqual([{ phone_number_id: "555", connection_id: connection(2) }]);
  expect(report.join("\n")).toContain(
    `Connection ${connection(1)} is revoked: ${connection(2)} of its workspace`,
  );
});

test("leaves a number of two workspaces to the one that changed last, and lists both by their ids", async () => {
  const ours = (phone_number_id: string) => ({ phone_number_id, access_token_enc: sealedText });
  const older = await createOlderDatabase(
    [
      tenants,
      connections(),
      insertConnection(1, { ...ours("555"), created_at: "2025-05-01Z", updated_at: "2025-06-01Z" }),
      insertConnection(2, { ...ours("555"), tenant_id: norte, updated_at: "2025-07-01Z" }),
      insertConnection(3, { ...ours("666"), status: "revoked", updated_at: "2025-07-01Z" }),
      insertConnection(4, { ...ours("666"), tenant_id: norte, updated_at: "2025-01-01Z" }),
      insertConnection(5, { ...ours("777"), status: "error", updated_at: "2025-07-01Z" }),
      insertConnection(6, { ...ours("777"), tenant_id: norte, updated_at: "2025-01-01Z" }),
    ].join("\n"),
  );
  const report = await older.adopt();
  const lost = { status: "error", phone_number_id: null, metadata: { error: { code: "number_taken", at } } };
  expect(await rowsOf(older)).toMatchObject([
    { ...lost, metadata: { ...lost.metadata, former_phone_number_id: "555" } },
    { status: "active", phone_number_id: "555" },
    { status: "revoked", phone_number_id: null, metadata: { former_phone_number_id: "666" } },
    { status: "active", phone_number_id: "666" },
    lost,
    { status: "active", phone_number_id: "777" },
  ]);
  const line = report.find(
    (said) => said.includes("One number was held twice") && said.includes(connection(2)),
  );
  for (const id of [connection(1), luz, norte]) expect(line).toContain(id);
  expect(report.join("\n")).not.toContain("555");
});
