/** SQL of tables of an earlier time, of which tests make what they need. */
export const luz = "11111111-1111-4111-8111-111111111111";
export const norte = "22222222-2222-4222-8222-222222222222";

/** An id of the nth connection. */
export const connection = (n: number) => `aaaaaaa1-0000-4000-8000-${String(n).padStart(12, "0")}`;

export const tenants = `
  create table tenants (id uuid primary key, name text);
  insert into tenants values ('${luz}', 'Panadería Luz'), ('${norte}', 'Taller Norte');`;

/** `channel_connections` as the mission describes it; `more` are further columns. */
export const connections = (more = "") => `
  create table channel_connections (
    id uuid primary key, tenant_id uuid references tenants (id), provider text, status text, waba_id text,
    phone_number_id text, phone_number_e164 text, display_name text, access_token_enc text,
    token_expires_at timestamptz, scopes jsonb, metadata jsonb, created_at timestamptz, updated_at timestamptz${more});`;

/** An insert of one connection; what is not given is null but for a complete number. */
export function insertConnection(n: number, values: Record<string, string | null>): string {
  const row: Record<string, string | null> = {
    id: connection(n),
    tenant_id: luz,
    provider: "whatsapp",
    status: "active",
    waba_id: "900",
    phone_number_id: `10${n}`,
    phone_number_e164: `+52551234567${n}`,
    ...values,
  };
  const literals = Object.values(row).map((value) =>
    value === null ? "null" : `'${value.replaceAll("'", "''")}'`,
  );
  return `insert into channel_connections (${Object.keys(row).join(", ")}) values (${literals.join(", ")});`;
}
