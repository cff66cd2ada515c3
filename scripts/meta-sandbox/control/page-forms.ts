import { choice, type Option, plainOptions, select, textField } from "../form-fields.ts";
import { type Html, html } from "../html.ts";
import type { Snapshot } from "../world/snapshot.ts";
import { SWITCHES, type SwitchName } from "../world/switches.ts";
import { businessOptions, card, wabaOptions } from "./page-parts.ts";
import { SCENARIO_PRESETS } from "./scenario-presets.ts";
import { ENDPOINTS } from "./scenarios.ts";

/** The forms that change how the sandbox is or behaves. */
export function settingForms(world: Snapshot): Html {
  return html`<h2>Change the world</h2>
    <div class="cards">${numberForm(world)}${accountForm(world)}${tokenForm(world)}${revokeForm(world)}
      ${clockForm()}${resetForm()}</div>
    <h2>Failures</h2>
    <div class="cards">${scenarioForm()}</div>
    <h2>Switches</h2>
    <p class="dim">Behaviour of Meta that varies or that its documentation leaves open.</p>
    ${switchesForm(world)}`;
}

function numberForm(world: Snapshot): Html {
  const fields = [
    select({
      id: "number-waba",
      name: "wabaId",
      label: "WhatsApp account",
      options: wabaOptions(world),
    }),
    textField({
      id: "number-phone",
      name: "displayPhoneNumber",
      label: "Phone number",
      value: "+52 55 7777 0001",
    }),
    textField({
      id: "number-name",
      name: "verifiedName",
      label: "Display name",
      value: "Sucursal Nueva",
    }),
    select({
      id: "number-platform",
      name: "platformType",
      label: "Registration",
      options: [
        ["NOT_APPLICABLE", "not registered yet"],
        ["CLOUD_API", "registered"],
      ],
    }),
    select({
      id: "number-verification",
      name: "codeVerificationStatus",
      label: "Verification",
      options: [
        ["VERIFIED", "verified"],
        ["NOT_VERIFIED", "not verified yet"],
      ],
    }),
  ];
  return card("number", "New number", "Add number", html`${fields}`);
}

function accountForm(world: Snapshot): Html {
  const fields = [
    select({
      id: "account-business",
      name: "businessId",
      label: "Portfolio",
      options: businessOptions(world),
    }),
    textField({ id: "account-name", name: "name", label: "Name", value: "Cuenta Nueva" }),
  ];
  return card("account", "New WhatsApp account", "Add WhatsApp account", html`${fields}`);
}

function tokenForm(world: Snapshot): Html {
  return card(
    "token",
    "System user token",
    "Make token",
    html`<p class="dim">For connecting by hand, without the dialog.</p>
      ${select({ id: "token-business", name: "businessId", label: "Portfolio", options: businessOptions(world) })}`,
  );
}

function revokeForm(world: Snapshot): Html {
  const alive = world.tokens.filter((token) => token.alive);
  const tokens = alive.map((token): Option => {
    const business = world.businesses.find(({ id }) => id === token.businessId);
    return [token.id, `${token.id} of ${business?.name ?? token.businessId}`];
  });
  const fields = [
    select({
      id: "revoke-token",
      name: "tokenId",
      label: "Token",
      options: [["", "every living token"], ...tokens],
    }),
    choice({
      type: "checkbox",
      id: "revoke-remove",
      name: "removeApp",
      label: "Remove the app: end subscriptions and send PARTNER_REMOVED",
    }),
  ];
  return card("revoke", "Revoke", "Revoke tokens", html`${fields}`);
}

function clockForm(): Html {
  const options: Option[] = [
    ["31000", "31 seconds (a code dies)"],
    ["660000", "11 minutes"],
    ["259200000", "72 hours (registration lock)"],
    ["604800000", "7 days (webhook retries end)"],
    ["5270400000", "61 days (a token dies)"],
  ];
  return card(
    "clock",
    "Time",
    "Move clock",
    select({ id: "clock-by", name: "advanceMs", label: "Forward by", options }),
  );
}

function resetForm(): Html {
  return card(
    "reset",
    "Start over",
    "Reset sandbox",
    html`<p class="dim">Seeded world, default switches, no tokens, calls or deliveries.</p>`,
  );
}

function scenarioForm(): Html {
  const fields = [
    select({
      id: "scenario-endpoint",
      name: "endpoint",
      label: "Endpoint",
      options: plainOptions(ENDPOINTS),
    }),
    select({
      id: "scenario-preset",
      name: "preset",
      label: "Outcome",
      options: plainOptions(Object.keys(SCENARIO_PRESETS)),
    }),
    select({
      id: "scenario-times",
      name: "times",
      label: "How often",
      options: [
        ["1", "once"],
        ["3", "three times"],
        ["", "until cleared"],
      ],
    }),
  ];
  return html`${card("scenario", "Fail a Graph call", "Add scenario", html`${fields}`)}
    ${card("clear-scenarios", "Back to normal", "Clear scenarios", html`<p class="dim">Ends every scenario.</p>`)}`;
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
