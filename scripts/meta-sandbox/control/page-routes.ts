import express, { type Request, type Router } from "express";
import { z } from "zod";
import type { HeldReason, SendResult } from "../webhooks/routing.ts";
import type { Switches } from "../world/switches.ts";
import type { Control } from "./control.ts";
import {
  accountUpdateSchema,
  batchSchema,
  messageSchema,
  numberSchema,
  statusSchema,
  wabaSchema,
} from "./inputs.ts";
import { controlPage } from "./page.ts";
import { SCENARIO_PRESETS } from "./scenario-presets.ts";
import { ruleSchema } from "./scenarios.ts";
import { UNKNOWN_NUMBER_ID } from "./sending.ts";

type FormAction = (
  control: Control,
  form: Record<string, string>,
  all: URLSearchParams,
) => Promise<string> | string;

const KEPT_RESULTS = 20;

/** The page and its forms: every POST ends in a 303 back to the page, which then says what happened. */
export function controlPageRoutes(control: Control): Router {
  const router = express.Router();
  // Results wait here rather than in the address: one of them may show a token.
  const results: string[] = [];
  let taken = 0;
  router.get("/", (request, response) => {
    const asked = new URL(request.originalUrl, "http://sandbox").searchParams.get("result");
    const result = asked === null ? null : (results[Number(asked) - (taken - results.length)] ?? null);
    response.set("Cache-Control", "no-store").type("html").send(controlPage(control, result));
  });
  router.post("/forms/:name", (request, response, next) => {
    runForm(control, request)
      .then((result) => {
        results.push(result);
        taken += 1;
        if (results.length > KEPT_RESULTS) results.shift();
        response.redirect(303, `/sandbox?result=${taken - 1}`);
      })
      .catch(next);
  });
  return router;
}

async function runForm(control: Control, request: Request): Promise<string> {
  const name = request.params.name ?? "";
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (!action) return "Unknown form.";
  const all = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "");
  const form = Object.fromEntries([...all].filter(([, value]) => value !== ""));
  try {
    return await action(control, form, all);
  } catch (error) {
    return `Not done: ${error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message}`;
  }
}

const ACTIONS: Record<string, FormAction> = {
  message: async (control, { senderName, senderPhone, force, ...message }) =>
    describe(
      await control.sendMessage(
        messageSchema.parse({
          ...message,
          sender: {
            ...(senderName ? { name: senderName } : {}),
            ...(senderPhone ? { phone: senderPhone } : {}),
          },
          force: force === "on",
        }),
      ),
    ),
  status: async (control, { force, ...status }) =>
    describe(await control.sendStatus(statusSchema.parse({ ...status, force: force === "on" }))),
  batch: async (control, { text, force }, all) => {
    const items = all.getAll("phoneNumberId").map((phoneNumberId) => ({ message: { phoneNumberId, text } }));
    if (items.length === 0) return "Choose at least one number.";
    return describe(await control.sendBatch(batchSchema.parse({ items, force: force === "on" })));
  },
  "account-event": async (control, { force, ...event }) =>
    describe(await control.sendAccountUpdate(accountUpdateSchema.parse({ ...event, force: force === "on" }))),
  resend: async (control) => describe(await control.resend()),
  "unknown-number": async (control) =>
    describe(await control.sendMessage({ phoneNumberId: UNKNOWN_NUMBER_ID, force: true })),
  "dashboard-test": async (control) => describe(await control.sendDashboardSample()),
  handshake: async (control) => {
    const handshake = await control.challengeCallback();
    return handshake
      ? `Challenge ${handshake.ok ? "accepted" : "refused"}: ${handshake.detail}`
      : "No callback is set.";
  },
  number: (control, form) => `Added number ${control.addNumber(numberSchema.parse(form)).id}.`,
  account: (control, form) => `Added WhatsApp account ${control.addWaba(wabaSchema.parse(form)).id}.`,
  token: (control, { businessId }) => `Token: ${control.mintToken({ businessId: businessId ?? "" }).token}`,
  revoke: async (control, { tokenId, removeApp }) => {
    const { revoked } = await control.revokeTokens({ tokenId, removeApp: removeApp === "on" });
    return `Revoked: ${revoked} token${revoked === 1 ? "" : "s"}.`;
  },
  clock: async (control, { advanceMs }) => {
    await control.advanceClock(Number(advanceMs));
    return `The sandbox's time is now ${new Date(control.snapshot().now).toISOString()}.`;
  },
  switches: (control, form) => {
    control.setSwitches(form as Partial<Switches>);
    return "Switches saved.";
  },
  scenario: (control, { endpoint, preset, times }) => {
    const outcome = SCENARIO_PRESETS[preset ?? ""];
    control.addScenario(ruleSchema.parse({ endpoint, outcome, ...(times ? { times: Number(times) } : {}) }));
    return `Scenario added: ${endpoint} ${preset}.`;
  },
  "clear-scenarios": (control) => {
    control.clearScenarios();
    return "Scenarios cleared.";
  },
  reset: (control) => {
    control.reset();
    return "Back to the seeded world.";
  },
};

const HELD: Record<HeldReason, string> = {
  no_callback: "no callback set: nothing sent",
  field_not_subscribed: "field not subscribed: nothing sent",
  not_subscribed: "not subscribed: nothing sent",
  not_registered: "number not registered: nothing sent",
};

/** What became of a send, in a sentence. */
function describe({ deliveries, held }: SendResult): string {
  const sent = deliveries.map(({ attempts, state }) => {
    const first = attempts[0];
    const answer = first?.status == null ? `no answer (${first?.error ?? "?"})` : `HTTP ${first.status}`;
    if (state === "delivered") return `Delivered: ${answer}`;
    return `Not accepted: ${answer}${state === "retrying" || state === "sending" ? ", will be repeated" : ""}`;
  });
  return [...sent, ...held.map(({ reason }) => HELD[reason])].join(" · ");
}
