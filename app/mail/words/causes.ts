/** Why a connection needs a person, as an e-mail says it. A cause without words does not compile. */
import type { ConnectionErrorCode } from "../../integrations/connect/reasons.ts";

export interface Cause {
  what: string;
  effect: string;
  action: string;
}

export type Causes = Record<ConnectionErrorCode, Cause>;
