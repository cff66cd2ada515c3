/** Which row keeps a number that several hold: within a workspace, then among workspaces. Pure. */
import type { AdoptedConnection } from "../older/old-connection.ts";
import { broken, withoutToken } from "./settle.ts";

export interface TakenNumber {
  keptBy: AdoptedConnection;
  lostBy: AdoptedConnection;
}

/** All rows, each number on one of them, and what different workspaces lost to one another. */
export function oneHolderEach(
  rows: AdoptedConnection[],
  now: Date,
): { rows: AdoptedConnection[]; taken: TakenNumber[] } {
  const taken: TakenNumber[] = [];
  const changed = new Map<string, AdoptedConnection>();
  for (const holders of groupBy(rows, ({ phoneNumberId }) => phoneNumberId).values()) {
    const foremost = [...groupBy(holders, ({ tenantId }) => tenantId).values()].map((ofOne) => {
      const [keeper, ...others] = [...ofOne].sort(byNewest) as [AdoptedConnection];
      for (const row of others as AdoptedConnection[]) changed.set(row.at, followed(row, keeper));
      return keeper;
    });
    const [keptBy, ...losers] = foremost.sort(byLatestChange) as [AdoptedConnection];
    for (const row of losers as AdoptedConnection[]) {
      const lostBy = lost(row, now);
      changed.set(row.at, lostBy);
      taken.push({ keptBy, lostBy });
    }
  }
  return { rows: rows.map((row) => changed.get(row.at) ?? row), taken };
}

/** An older row of the same workspace. */
function followed(row: AdoptedConnection, keeper: AdoptedConnection): AdoptedConnection {
  const { error: _, ...metadata } = row.metadata;
  const note = { former_phone_number_id: row.phoneNumberId, superseded_by: keeper.id };
  const over = { ...row, status: "revoked" as const, cause: null, keepsOldCiphertext: false };
  return withoutToken({ ...over, phoneNumberId: null, metadata: { ...metadata, ...note } });
}

/** A row of another workspace; one that is revoked already has nothing to lose but the id. */
function lost(row: AdoptedConnection, now: Date): AdoptedConnection {
  const metadata = { ...row.metadata, former_phone_number_id: row.phoneNumberId };
  const without = { ...row, phoneNumberId: null, metadata };
  return row.status === "revoked" ? without : broken(without, "number_taken", now);
}

const order = ["error", "pending", "revoked"];
const rank = ({ status, wasActive }: AdoptedConnection) => (wasActive ? -1 : order.indexOf(status));

function byNewest(a: AdoptedConnection, b: AdoptedConnection): number {
  return (
    rank(a) - rank(b) || b.createdAt - a.createdAt || b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1)
  );
}

/** Whoever holds it actively comes first. */
function byLatestChange(a: AdoptedConnection, b: AdoptedConnection): number {
  const place = (row: AdoptedConnection) => (row.wasActive ? 0 : row.status === "revoked" ? 2 : 1);
  return place(a) - place(b) || b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1);
}

function groupBy(
  rows: AdoptedConnection[],
  keyOf: (row: AdoptedConnection) => string | null,
): Map<string, AdoptedConnection[]> {
  const groups = new Map<string, AdoptedConnection[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null) continue;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return groups;
}
