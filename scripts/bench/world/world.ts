/**
 * The made-up world: workspaces with one number each, people who write to them, and ids in Meta's layout. Everything
 * follows from numbers, so that the database can be seeded and the payloads written in different processes.
 */

/** What is seeded, whatever a scenario uses of it. */
export const seededTenants = 500;
export const standardContacts = 10_000;

/** Seconds since 1970 of the first payload; what is filled in as history is older. */
export const epochSeconds = 1_740_000_000;

export interface Part {
  /** The first workspace that this load writes to, and how many there are. */
  firstTenant: number;
  tenants: number;
  contacts: number;
}

export const everybody: Part = { firstTenant: 0, tenants: seededTenants, contacts: standardContacts };

export const tenantIdOf = (tenant: number) =>
  `00000000-0000-4000-8000-${tenant.toString(16).padStart(12, "0")}`;
export const phoneNumberIdOf = (tenant: number) => String(106_540_352_200_000 + tenant);
export const wabaIdOf = (tenant: number) => String(102_290_129_300_000 + tenant);
export const displayNumberOf = (tenant: number) => String(34_900_000_000 + tenant);

export const waIdOf = (contact: number) => String(34_600_000_000 + contact);
export const userIdOf = (contact: number) => `ES.1349120865${String(contact).padStart(10, "0")}`;
export const tenantOf = (contact: number, { firstTenant, tenants }: Part) =>
  firstTenant + (contact % tenants);

/** `wamid.` and base64 of the peer's number and a serial, as WhatsApp has it. `serial` is 20 characters. */
export function messageIdOf(peer: string, serial: string, direction: "inbound" | "outbound"): string {
  const mark = direction === "inbound" ? "\x12" : "\x11";
  const layout = `\x1c\x18${String.fromCharCode(peer.length)}${peer}\x15\x02\0${mark}\x18\x14${serial}\0`;
  return `wamid.${Buffer.from(layout, "latin1").toString("base64")}`;
}

/** Unique within a database: `run` names a load, `index` an event in it. */
export function serialOf(run: number, index: number): string {
  return `3EB0${run.toString(16).padStart(6, "0")}${index.toString(16).padStart(10, "0")}`.toUpperCase();
}

/** The person whom the business wrote message `index` of a load to. */
export const recipientOf = (index: number, { contacts }: Part) => (index * 7919) % contacts;

/** mulberry32: a number from 0 up to `limit`, the same ones for the same seed. */
export function seededRandom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
