import { type Option, plainOptions, select } from "../../form-fields.ts";
import { type Html, html } from "../../html.ts";
import type { Snapshot } from "../../world/snapshot.ts";
import { SWITCHES, type Switches, type SwitchName } from "../../world/switches.ts";
import { numberSchema, wabaSchema } from "../inputs.ts";
import { SCENARIO_PRESETS } from "../scenario-presets.ts";
import { ENDPOINTS, ruleSchema } from "../scenarios.ts";
import {
  businessOptions,
  cards,
  type FormAction,
  type Forms,
  note,
  pick,
  text,
  tick,
  wabaOptions,
} from "./parts.ts";

const WORLD: Forms = {
  number: {
    heading: "New number",
    button: "Add number",
    fields: (world) => [
      pick("wabaId", "WhatsApp account", wabaOptions(world)),
      text("displayPhoneNumber", "Phone number", "+52 55 7777 0001"),
      text("verifiedName", "Display name", "Sucursal Nueva"),
      pick("platformType", "Registration", [
        ["NOT_APPLICABLE", "not registered yet"],
        ["CLOUD_API", "registered"],
      ]),
      pick("codeVerificationStatus", "Verification", [
        ["VERIFIED", "verified"],
        ["NOT_VERIFIED", "not verified yet"],
      ]),
    ],
    run: (control, form) => `Added number ${control.addNumber(numberSchema.parse(form)).id}.`,
  },
  account: {
    heading: "New WhatsApp account",
    button: "Add WhatsApp account",
    fields: (world) => [
      pick("businessId", "Portfolio", businessOptions(world)),
      text("name", "Name", "Cuenta Nueva"),
    ],
    run: (control, form) => `Added WhatsApp account ${control.addWaba(wabaSchema.parse(form)).id}.`,
  },
  token: {
    heading: "System user token",
    button: "Make token",
    fields: (world) => [
      note("For connecting by hand, without the dialog."),
      pick("businessId", "Portfolio", businessOptions(world)),
    ],
    run: (control, { businessId = "" }) => `Token: ${control.mintToken({ businessId }).token}`,
  },
  revoke: {
    heading: "Revoke",
    button: "Revoke tokens",
    fields: (world) => [
      pick("tokenId", "Token", [["", "every living token"], ...livingTokens(world)]),
      tick("removeApp", "Remove the app: end subscriptions and send PARTNER_REMOVED"),
    ],
    run: async (control, { tokenId, removeApp }) => {
      const { revoked } = await control.revokeTokens({ tokenId, removeApp: removeApp === "on" });
      return `Revoked: ${revoked} token${revoked === 1 ? "" : "s"}.`;
    },
  },
  clock: {
    heading: "Time",
    button: "Move clock",
    fields: () => [
      pick("advanceMs", "Forward by", [
        ["31000", "31 seconds (a code dies)"],
        ["660000", "11 minutes"],
        ["259200000", "72 hours (registration lock)"],
        ["604800000", "7 days (webhook retries end)"],
        ["5270400000", "61 days (a token dies)"],
      ]),
    ],
    run: async (control, { advanceMs }) => {
      await control.advanceClock(Number(advanceMs));
      return `The sandbox's time is now ${new Date(control.snapshot().now).toISOString()}.`;
    },
  },
  reset: {
    heading: "Start over",
    button: "Reset sandbox",
    fields: () => [note("Seeded world, default switches, no tokens, calls or deliveries.")],
    run: (control) => {
      control.reset();
      return "Back to the seeded world.";
    },
  },
};

const FAILURES: Forms = {
  scenario: {
    heading: "Fail a Graph call",
    button: "Add scenario",
    fields: () => [
      pick("endpoint", "Endpoint", plainOptions(ENDPOINTS)),
      pick("preset", "Outcome", plainOptions(Object.keys(SCENARIO_PRESETS))),
      pick("times", "How often", [
        ["1", "once"],
        ["3", "three times"],
        ["", "until cleared"],
      ]),
    ],
    run: (control, { endpoint, preset = "", times }) => {
      const outcome = SCENARIO_PRESETS[preset];
      control.addScenario(
        ruleSchema.parse({ endpoint, outcome, times: times === undefined ? undefined : Number(times) }),
      );
      return `Scenario added: ${endpoint} ${preset}.`;
    },
  },
  "clear-scenarios": {
    heading: "Back to normal",
    button: "Clear scenarios",
    fields: () => [note("Ends every scenario.")],
    run: (control) => {
      control.clearScenarios();
      return "Scenarios cleared.";
    },
  },
};

const saveSwitches: FormAction = (control, form) => {
  control.setSwitches(form as Partial<Switches>);
  return "Switches saved.";
};

export const SETTING_ACTIONS = { ...WORLD, ...FAILURES, switches: { run: saveSwitches } };

/** The forms that change how the sandbox is or behaves. */
export function settingForms(world: Snapshot): Html {
  return html`<h2>Change the world</h2>
    <div class="cards">${cards(WORLD, world)}</div>
    <h2>Failures</h2>
    <div class="cards">${cards(FAILURES, world)}</div>
    <h2>Switches</h2>
    <p class="dim">Behaviour of Meta that varies or that its documentation leaves open.</p>
    ${switchesForm(world)}`;
}

function livingTokens(world: Snapshot): Option[] {
  const alive = world.tokens.filter((token) => token.alive);
  return alive.map((token) => {
    const business = world.businesses.find(({ id }) => id === token.businessId);
    return [token.id, `${token.id} of ${business?.name ?? token.businessId}`];
  });
}

function switchesForm(world: Snapshot): Html {
  const fields = Object.entries(SWITCHES).map(([name, { options, says }]) =>
    select({
      id: `switch-${name}`,
      name,
      label: name,
      options: plainOptions(options),
      current: world.switches[name as SwitchName],
      note: says,
    }),
  );
  return html`<form method="post" action="/sandbox/forms/switches"><div class="cards">${fields}</div>
    <div class="actions"><button type="submit">Save switches</button></div></form>`;
}
