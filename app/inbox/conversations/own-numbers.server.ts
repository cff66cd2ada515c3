/** Which of the workspace's own numbers a conversation is with: said as soon as there are two. */
import type { TenantDb } from "../../../db/client.ts";
import { listOwnNumberRows, type OwnNumberRow } from "../../../db/queries/numbers/own-numbers.ts";
import { inGroups } from "../../platform/phone-number.server.ts";

export interface OwnNumberView {
  /** Left out where it does not tell the numbers apart: two of one business often have the same. */
  name: string | null;
  /** As people read it; null for one that nobody told. */
  phoneNumber: string | null;
}

/** By connection; empty while the workspace has one number, and all that is shown is of it. */
export async function readOwnNumbers(
  tdb: TenantDb,
  tenantId: string,
  conversations: { connection_id: string }[],
): Promise<Map<string, OwnNumberView>> {
  if (conversations.length === 0) return new Map();
  const shown = [...new Set(conversations.map(({ connection_id }) => connection_id))];
  return ownNumbers(await listOwnNumberRows(tdb, tenantId, shown));
}

/** A number that was connected twice, under another id at the platform, is one number. Pure. */
export function ownNumbers(rows: OwnNumberRow[]): Map<string, OwnNumberView> {
  const lineOf = (row: OwnNumberRow) => row.phone_number_e164 ?? row.connection_id;
  const nameOf = (row: OwnNumberRow) => row.display_name?.trim() || null;
  if (new Set(rows.map(lineOf)).size < 2) return new Map();
  const tellsApart = (name: string | null, row: OwnNumberRow) =>
    name !== null && rows.every((other) => lineOf(other) === lineOf(row) || nameOf(other) !== name);
  return new Map(
    rows.flatMap((row) => {
      const name = nameOf(row);
      const phoneNumber = row.phone_number_e164 && inGroups(row.phone_number_e164);
      if (!name && !phoneNumber) return [];
      return [
        [row.connection_id, { name: tellsApart(name, row) || !phoneNumber ? name : null, phoneNumber }],
      ];
    }),
  );
}
