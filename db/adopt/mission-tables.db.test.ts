import { expect, test } from "vitest";
import { readWalls, reviewedWalls } from "../walls/walls.ts";
import { olderDatabases } from "./testing/older-database.ts";

const createOlderDatabase = olderDatabases();

const luz = "11111111-1111-4111-8111-111111111111";
const norte = "22222222-2222-4222-8222-222222222222";
const one = "aaaaaaa1-0000-4000-8000-000000000001";
const two = "aaaaaaa1-0000-4000-8000-000000000002";

/** The two tables that the mission describes, as it describes them. */
const minimal = `
  create table tenants (id uuid primary key, name text);
  create table channel_connections (
    id uuid primary key, tenant_id uuid references tenants (id), provider text, status text, waba_id text,
    phone_number_id text unique, phone_number_e164 text, display_name text, access_token_enc text,
    token_expires_at timestamptz, scopes jsonb, metadata jsonb, created_at timestamptz, updated_at timestamptz);
  create unique index on channel_connections (provider, phone_number_id);
  create index on channel_connections (tenant_id, provider);
  create table oauth_states (
    id uuid primary key, tenant_id uuid, provider text, nonce text unique, created_at timestamptz,
    used_at timestamptz, expires_at timestamptz, metadata jsonb);
  insert into tenants values ('${luz}', 'Panadería Luz'), ('${norte}', 'Taller Norte');
  insert into channel_connections values
    ('${one}', '${luz}', 'whatsapp', 'active', '900', '100', '+52 55 1234 5678', 'Luz',
     'v1.AAAAAAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA', '2027-01-01Z', '["a"]', '{"note": "kept"}',
     '2025-01-01 10:00Z', '2025-02-01 10:00Z'),
    ('${two}', '${norte}', null, 'revoked', '901', '200', null, null, null, null, null, null, null, null);
  insert into oauth_states values
    ('bbbbbbb1-0000-4000-8000-000000000001', '${luz}', 'WhatsApp', 'n-1', '2025-01-01Z', null, '2099-01-01Z', '{"ip": "::1"}');`;

test("takes over the mission's tables with every row and value", async () => {
  const older = await createOlderDatabase(minimal);
  const report = await older.adopt();
  expect(report[0]).toBe("Taken over: tenants 2, channel_connections 2, oauth_states 1.");
  expect(await older.sql("select id, name from tenants order by id")).toEqual([
    { id: luz, name: "Panadería Luz" },
    { id: norte, name: "Taller Norte" },
  ]);
  const [first, second] = await older.sql("select * from channel_connections order by id");
  expect(first).toMatchObject({
    id: one,
    tenant_id: luz,
    provider: "meta_whatsapp",
    status: "active",
    waba_id: "900",
    phone_number_id: "100",
    phone_number_e164: "+525512345678",
    display_name: "Luz",
    access_token_enc: "v1.AAAAAAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
    token_expires_at: new Date("2027-01-01Z"),
    scopes: ["a"],
    metadata: { note: "kept" },
    created_at: new Date("2025-01-01T10:00Z"),
    updated_at: new Date("2025-02-01T10:00Z"),
  });
  expect(second).toMatchObject({ provider: "meta_whatsapp", status: "revoked", scopes: [], metadata: {} });
  expect(await older.sql("select * from oauth_states")).toMatchObject([
    { provider: "meta_whatsapp", nonce: "n-1", user_id: null, session_id: null, metadata: { ip: "::1" } },
  ]);
  expect(
    await older.sql(
      "select phone_number_id, connection_id, released_at is null as open from number_claims order by 1",
    ),
  ).toEqual([
    { phone_number_id: "100", connection_id: one, open: true },
    { phone_number_id: "200", connection_id: two, open: false },
  ]);
});

test("ends with the walls of a new database", async () => {
  const older = await createOlderDatabase(minimal);
  await older.adopt();
  const walls = await readWalls(async (text) => ({ rows: await older.sql<{ fact: string }>(text) }));
  expect(walls).toEqual(await reviewedWalls());
});
