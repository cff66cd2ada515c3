/** One element of `changes[]`, together with the WABA whose entry it goes into. */
export interface Change {
  entryId: string;
  field: string;
  value: Record<string, unknown>;
  /** Where the change belongs; null for account events that are not about one number. */
  phoneNumberId: string | null;
  wabaId: string | null;
  /** Account fields carry `entry.time`, message fields do not. */
  entryTime?: number;
}

/** Wraps changes in Meta's envelope: one entry per WABA (or partner business), in order of first appearance. */
export function envelope(changes: readonly Change[]): Record<string, unknown> {
  const byEntry = groupBy(changes, (change) => change.entryId);
  const entry = [...byEntry].map(([id, group]) => ({
    id,
    ...(group[0]?.entryTime === undefined ? {} : { time: group[0].entryTime }),
    changes: group.map(({ value, field }) => ({ value, field })),
  }));
  return { object: "whatsapp_business_account", entry };
}

/**
 * Puts the messages and statuses of one number into a single change, as Meta does when it batches. Changes of other
 * fields, and of other numbers, stay apart.
 */
export function mergeByNumber(changes: readonly Change[]): Change[] {
  const groups = groupBy(changes, (change) => `${change.field}:${change.phoneNumberId ?? change.entryId}`);
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group;
    return first && first.field === "messages" ? [others.reduce(mergeTwo, first)] : group;
  });
}

function mergeTwo(left: Change, right: Change): Change {
  const value = { ...left.value };
  for (const list of ["contacts", "messages", "statuses"]) {
    const both = [...asList(left.value[list]), ...asList(right.value[list])];
    if (both.length > 0) value[list] = both;
  }
  return { ...left, value };
}

function groupBy(changes: readonly Change[], key: (change: Change) => string): Map<string, Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const group = groups.get(key(change));
    if (group) group.push(change);
    else groups.set(key(change), [change]);
  }
  return groups;
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
