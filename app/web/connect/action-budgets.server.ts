/**
 * How often one may do what spends calls at Meta: so that nobody who is signed in can use up, by pressing or by script,
 * what Meta allows the app, an account or a number. Counted in the database, for all web processes together.
 */
import type { Db } from "#db/client.ts";
import { limiterFor, refusal } from "../session/login-limits.server.ts";
import type { Viewer } from "../session/session.server.ts";

/**
 * Times in an hour, from the first one on: of a person, in whichever workspaces, and of all people of a workspace. A
 * person has less than the workspace, so that one alone cannot keep the colleagues from it.
 */
export const actionBudgets = {
  /** Setting out to Meta, in the page or in a window. Each may lead to one exchange of a code and one reading. */
  start: { person: 8, workspace: 10 },
  /** Coming back with a state that opens nothing. One that does is paid by its start, and never refused. */
  callback: { person: 60, workspace: 120 },
  /** Asking again what a kept grant reaches. */
  look: { person: 20, workspace: 30 },
  /** Picking one of its numbers, which asks the same. */
  choose: { person: 20, workspace: 30 },
  retry_deliveries: { person: 10, workspace: 20 },
  /** Besides, a number has eight tries in 72 hours, however they are asked for: see registration.server.ts. */
  retry_registration: { person: 10, workspace: 20 },
  check: { person: 30, workspace: 60 },
  manual: { person: 10, workspace: 20 },
} as const;

export type BudgetedAction = keyof typeof actionBudgets;

const hourSeconds = 60 * 60;

export interface ActionBudgets {
  /** Takes one of the person's and of the workspace's. Returns the seconds to wait when either has none left. */
  spend(
    action: BudgetedAction,
    who: Pick<Viewer, "userId" | "tenantId">,
  ): Promise<{ retryAfterSeconds: number } | undefined>;
}

export function createActionBudgets(db: Db): ActionBudgets {
  const limiters = Object.entries(actionBudgets).map(([action, { person, workspace }]) => {
    const limited = (whose: string, points: number) =>
      limiterFor(db, `${action}_${whose}`, { points, duration: hourSeconds });
    return [
      action,
      { person: limited("person", person), workspace: limited("workspace", workspace) },
    ] as const;
  });
  const known = new Map<string, (typeof limiters)[number][1]>(limiters);
  return {
    async spend(action, { userId, tenantId }) {
      const of = known.get(action);
      if (!of) throw new Error(`${action} has no budget.`);
      const refused = await refusal(of.person.consume(userId));
      if (refused) return refused;
      const refusedToAll = await refusal(of.workspace.consume(tenantId));
      // What the workspace has used up is not charged to a person besides.
      if (refusedToAll) await of.person.reward(userId);
      return refusedToAll;
    },
  };
}
