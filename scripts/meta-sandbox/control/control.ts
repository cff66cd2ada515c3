import type { z } from "zod";
import { postSignedRequest } from "../webhooks/signed-request.ts";
import type { Platform } from "../world/platform.ts";
import { snapshot } from "../world/snapshot.ts";
import { defaultSwitches, type Switches, setSwitches } from "../world/switches.ts";
import { seededWorld } from "../world/world.ts";
import {
  type AppChanges,
  challengeCallback,
  configureApp,
  createNumber,
  createWaba,
  mintCode,
  mintToken,
  revokeTokens,
} from "./change-world.ts";
import type {
  codeSchema,
  numberSchema,
  resendSchema,
  revokeSchema,
  signedRequestSchema,
  tokenSchema,
  wabaSchema,
} from "./inputs.ts";
import type { RuleInput } from "./scenarios.ts";
import {
  type AccountUpdateRequest,
  type BatchRequest,
  type MessageRequest,
  type RawRequest,
  resend,
  type StatusRequest,
  sendAccountUpdate,
  sendBatch,
  sendDashboardSample,
  sendInbound,
  sendRaw,
  sendStatus,
} from "./sending.ts";

export type Control = ReturnType<typeof createControl>;

/**
 * Everything a test or the control page can do to the sandbox. The HTTP control API calls the same functions. Sending
 * functions resolve after the first delivery attempt.
 */
export function createControl(platform: Platform) {
  return {
    sendMessage: (input: MessageRequest) => sendInbound(platform, input),
    sendStatus: (input: StatusRequest) => sendStatus(platform, input),
    sendBatch: (input: BatchRequest) => sendBatch(platform, input),
    sendAccountUpdate: (input: AccountUpdateRequest) => sendAccountUpdate(platform, input),
    sendDashboardSample: () => sendDashboardSample(platform),
    sendRaw: (input: RawRequest) => sendRaw(platform, input),
    resend: (input: z.input<typeof resendSchema> = {}) => resend(platform, input),
    sendSignedRequest: (input: z.input<typeof signedRequestSchema>) => postSignedRequest(platform, input),

    addNumber: (input: z.input<typeof numberSchema>) => createNumber(platform, input),
    addWaba: (input: z.input<typeof wabaSchema>) => createWaba(platform, input),
    mintToken: (input: z.input<typeof tokenSchema>) => mintToken(platform, input),
    mintCode: (input: z.input<typeof codeSchema>) => mintCode(platform, input),
    revokeTokens: (input: z.input<typeof revokeSchema> = {}) => revokeTokens(platform, input),
    configureApp: (input: AppChanges) => configureApp(platform, input),
    challengeCallback: () => challengeCallback(platform),

    addScenario: (rule: RuleInput) => platform.scenarios.add(rule),
    clearScenarios: () => platform.scenarios.clear(),
    setSwitches: (changes: Partial<Switches>) => setSwitches(platform.switches, changes),
    advanceClock: (ms: number) => advanceClock(platform, ms),
    reset: () => reset(platform),

    snapshot: () => snapshot(platform),
    calls: () => platform.calls.list(),
    exchangeAttempts: () => platform.calls.exchangeAttempts(),
    deliveries: () => platform.deliveries.list(),
  };
}

/** Moves the sandbox's time on: codes and tokens age, and retries that are due by then run before this resolves. */
async function advanceClock(platform: Platform, ms: number): Promise<void> {
  platform.clock.advance(ms);
  platform.changed();
  await platform.deliveries.runDue();
}

/** Back to the seeded world: no tokens, codes, calls, deliveries, scenarios or open dialogs. App settings stay. */
function reset(platform: Platform): void {
  Object.assign(platform.state, {
    world: seededWorld(),
    tokens: [],
    codes: [],
    installations: [],
    outbound: [],
  });
  Object.assign(platform.switches, defaultSwitches());
  platform.clock.setOffset(0);
  platform.scenarios.clear();
  platform.calls.clear();
  platform.deliveries.clear();
  platform.dialogs.clear();
  platform.changed();
}
