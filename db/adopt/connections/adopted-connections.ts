/** The older connections, each settled, with the tokens that are to be sealed. */
import type pg from "pg";
import { isTextual } from "../older/conversions.ts";
import type { AdoptedConnection } from "../older/old-connection.ts";
import type { TablePlan } from "../plan.ts";
import type { Problem } from "../problems/problems.ts";
import { readConnections, tokenColumns } from "./connections.ts";
import { oneHolderEach, type TakenNumber } from "./number-holders.ts";
import { settle } from "./settle.ts";

export interface TokenOptions {
  /** A column of channel_connections whose values are plain tokens, beside `access_token`. */
  tokenColumn?: string | undefined;
  /** Seals a token for its row; undefined where no key is set, which matters only if there is a token. */
  seal?: ((token: string, place: { tenantId: string; connectionId: string }) => SealedToken) | undefined;
}

export interface SealedToken {
  accessTokenEnc: string;
  /** What the row's metadata keeps beside it. */
  sealed: Record<string, unknown>;
}

interface Setting extends TokenOptions {
  toE164(text: string): string | null;
  now: Date;
}

export interface LookedAtConnections {
  rows: AdoptedConnection[];
  taken: TakenNumber[];
  tokens: string[];
  problems: Problem[];
}

const table = "channel_connections";

/** Reads and settles them; where the table itself has problems, only what can be said without its rows. */
export async function lookAtConnections(
  client: pg.Client,
  plan: TablePlan | undefined,
  setting: Setting,
): Promise<LookedAtConnections> {
  const problems = wrongTokenColumn(plan, setting.tokenColumn);
  if (!plan || plan.problems.length > 0) return { rows: [], taken: [], tokens: [], problems };
  const tokens = tokenColumns(plan, setting.tokenColumn);
  const settled = (await readConnections(client, plan, tokens)).map((row) => settle(row, setting));
  const { rows, taken } = oneHolderEach(settled, setting.now);
  const unsealed = rows.filter(({ plainToken }) => plainToken !== null);
  if (unsealed.length > 0 && !setting.seal) {
    problems.push({
      table,
      column: unsealed[0]?.emptied[0],
      rows: unsealed.length,
      what: "there is a token in plain text, and no key to seal it with",
      todo: "Set TOKEN_ENCRYPTION_KEY_BASE64 to the key of the web and the worker.",
    });
  }
  return { rows, taken, tokens, problems };
}

function wrongTokenColumn(plan: TablePlan | undefined, named: string | undefined): Problem[] {
  if (named === undefined) return [];
  const column = plan?.table.columns.get(named);
  if (column && isTextual(column)) return [];
  const what = column ? `it is ${column.type}, and a token is a text` : "there is no such column";
  return [{ table, column: named, what, todo: "Name another with --token-column, or leave it out." }];
}

/** Every plain token of a row that may keep one becomes a sealed one. */
export function sealTokens(rows: AdoptedConnection[], { seal }: TokenOptions) {
  let sealedCount = 0;
  const sealedRows = rows.map((row) => {
    if (row.plainToken === null || !seal) return row;
    sealedCount += 1;
    const { accessTokenEnc, sealed } = seal(row.plainToken, { tenantId: row.tenantId, connectionId: row.id });
    return { ...row, plainToken: null, accessTokenEnc, metadata: { ...row.metadata, ...sealed } };
  });
  return { sealedRows, sealedCount };
}
