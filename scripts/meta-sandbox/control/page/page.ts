import { type Html, html, page } from "../../html.ts";
import type { Snapshot } from "../../world/snapshot.ts";
import type { Control } from "../control.ts";
import { settingForms } from "./forms.ts";
import { sendForms } from "./sends.ts";

const SHOWN_DELIVERIES = 15;
const SHOWN_CALLS = 15;

/** The control page for people. `result` is what the last form did. */
export function controlPage(control: Control, result: string | null): string {
  const world = control.snapshot();
  const body = html`<h1>Meta sandbox</h1>
    <p class="dim">Plays Meta for app ${world.app.appId} (${world.app.name}). Everything on this page is made up.
      <a href="/sandbox">Refresh</a></p>
    ${result === null ? null : html`<p class="notice" role="status">${result}</p>`}
    ${appSection(world)}
    ${worldSection(world)}
    <h2>Send webhooks</h2>
    <div class="cards">${sendForms(world)}</div>
    ${deliveriesSection(control)}
    ${callsSection(control)}
    ${settingForms(world)}`;
  return page({ title: "Meta sandbox", body, wide: true });
}

function appSection(world: Snapshot): Html {
  const webhook = world.app.webhook;
  const handshake = webhook?.handshake;
  const rules = world.scenarios.map(
    (rule) => `${rule.endpoint}: ${rule.outcome.kind}${rule.times ? ` ×${rule.times}` : ""}`,
  );
  return html`<h2>App</h2>
    <dl>
      <dt>Redirect URIs</dt><dd>${world.app.redirectUris.join(", ")}</dd><dd></dd>
      <dt>Configuration</dt><dd>${world.app.configId ?? "none: any config_id or scope is accepted"}</dd><dd></dd>
      <dt>Hosted sign-up link</dt><dd>${hostedLink(world)}</dd><dd></dd>
      <dt>JavaScript SDK</dt><dd><code>/sdk.js</code></dd><dd></dd>
      <dt>Webhook callback</dt><dd>${webhook ? `${webhook.callbackUrl} (${webhook.fields.join(", ")})` : "not set"}</dd><dd></dd>
      <dt>Last challenge</dt><dd>${handshake ? `${handshake.ok ? "accepted" : "refused"}: ${handshake.detail}` : "not made yet"}</dd><dd></dd>
      <dt>Active scenarios</dt><dd>${rules.join(" · ") || "none"}</dd><dd></dd>
      <dt>Sandbox time</dt><dd>${isoMinute(world.now)}</dd><dd></dd>
      <dt>Code exchanges</dt><dd>${world.exchangeAttempts}</dd><dd></dd>
      <dt>Webhooks given up</dt><dd>${world.gaveUp}</dd><dd></dd>
    </dl>`;
}

/** As the dashboard would generate it; without a configuration any config_id will do. */
function hostedLink({ app }: Snapshot): Html {
  const query = new URLSearchParams({ app_id: app.appId, config_id: app.configId ?? "any" });
  const href = `/messaging/whatsapp/onboard/?${query}`;
  return html`<a href="${href}"><code>${href}</code></a>`;
}

function worldSection(world: Snapshot): Html {
  const rows = world.people.flatMap((person) =>
    person.businessIds.flatMap((businessId) => {
      const business = world.businesses.find(({ id }) => id === businessId);
      const wabas = world.wabas.filter((waba) => waba.businessId === businessId);
      if (wabas.length === 0) return [row([person.name, business?.name, "none", "", "", ""])];
      return wabas.flatMap((waba) => wabaRows(world, person.name, business?.name ?? businessId, waba));
    }),
  );
  return html`<h2>Who is who</h2>
    ${table(["Person", "Portfolio", "WhatsApp account", "This app", "Number", "State"], rows)}`;
}

function wabaRows(
  world: Snapshot,
  person: string,
  business: string,
  waba: Snapshot["wabas"][number],
): Html[] {
  const others = waba.subscribedApps.filter(({ id }) => id !== world.app.appId).map(({ name }) => name);
  const subscribed = `${waba.subscribed ? "subscribed" : "not subscribed"}${others.length > 0 ? ` (also: ${others.join(", ")})` : ""}`;
  const account = html`${waba.name}<br><code>${waba.id}</code>`;
  const numbers = world.numbers.filter((number) => number.wabaId === waba.id);
  if (numbers.length === 0) return [row([person, business, account, subscribed, "none", ""])];
  return numbers.map((number) => {
    const name = html`${number.displayPhoneNumber} ${number.verifiedName}<br><code>${number.id}</code>`;
    const state = [
      number.platformType,
      number.status,
      number.isOnBizApp ? "WhatsApp Business app" : null,
      number.hasPin ? "PIN set" : null,
      ...verificationState(number),
    ];
    return row([person, business, account, subscribed, name, state.filter(Boolean).join(", ")]);
  });
}

/** The code stands in for the SMS or call that nobody gets. */
function verificationState(number: Snapshot["numbers"][number]): string[] {
  if (number.codeVerificationStatus === "VERIFIED") return [];
  return number.verificationCode === null
    ? ["not verified"]
    : ["not verified", `verification code ${number.verificationCode}`];
}

function deliveriesSection(control: Control): Html {
  const rows = control
    .deliveries()
    .slice(0, SHOWN_DELIVERIES)
    .map((delivery) =>
      row([
        delivery.id,
        delivery.kind,
        delivery.url,
        delivery.attempts.map(({ status, error }) => (status === null ? error : `HTTP ${status}`)).join(", "),
        delivery.state.replace("_", " "),
        delivery.nextAttemptAt === null ? "" : isoMinute(delivery.nextAttemptAt),
      ]),
    );
  return html`<h2>Recent deliveries</h2>
    ${rows.length > 0 ? table(["Delivery", "What", "To", "Attempts", "State", "Next attempt"], rows) : html`<p>None yet.</p>`}`;
}

function callsSection(control: Control): Html {
  const rows = control
    .calls()
    .slice(-SHOWN_CALLS)
    .reverse()
    .map((call) =>
      row([
        call.method,
        html`<code>${call.path}</code>`,
        call.endpoint,
        `${call.auth}${call.hasProof ? " + proof" : ""}`,
        call.status === null ? "no answer" : String(call.status),
      ]),
    );
  return html`<h2>Recent Graph calls</h2>
    ${rows.length > 0 ? table(["Method", "Path", "Endpoint", "Token in", "Status"], rows) : html`<p>None yet.</p>`}`;
}

function table(headings: string[], rows: Html[]): Html {
  return html`<div class="scroll" role="region" aria-label="${headings[0]} table" tabindex="0"><table>
    <thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
    <tbody>${rows}</tbody></table></div>`;
}

function row(cells: (Html | string | null | undefined)[]): Html {
  return html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
}

function isoMinute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
