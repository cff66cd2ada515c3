/** The words that the model of numbers and the product are compared in. For tests. */

/** Places in lists: of people, each in a workspace of their own, and of numbers, each in an account of its own. */
export const workspaces = [0, 1, 2];
export const numbers = [0, 1];
export const named = (workspace: number, number: number) => `number ${number} in workspace ${workspace}`;

/** In rank. A message that came in is `received` and nothing else; the rest are steps of one that went out. */
export const steps = ["received", "sent", "failed", "delivered", "read", "played"] as const;

export interface Item {
  number: number;
  id: string;
  status: (typeof steps)[number];
}

export interface Picture {
  connections: Record<string, Facts>;
  /** Of each number, the oldest first. `isHeard`: a delivery came for it. */
  claims: { workspace: number; isOpen: boolean; isHeard: boolean }[][];
  messages: Record<string, Omit<Item, "id"> & { workspace: number }>;
  /** How many items in quarantine, by number and reason. */
  aside: Record<string, number>;
  openDeliveries: number;
  /** Whether Meta delivers, by number. */
  isSubscribed: boolean[];
}

export interface Facts {
  /** What Meta said when asked to deliver; null when it is not to. */
  deliveries: string | null;
  /** `sealed`: under a key that is gone. */
  token: string;
  maySend: boolean;
  /** Another workspace asked for the number. */
  isAsked: boolean;
}
