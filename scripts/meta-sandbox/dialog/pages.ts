import { choice, textField } from "../form-fields.ts";
import { type Html, html, page } from "../html.ts";
import { type PhoneNumber, type World, wabasOf } from "../world/world.ts";
import type { DialogProblem } from "./request.ts";
import {
  accountsToChoose,
  type DialogSession,
  type NumberChoice,
  numbersToChoose,
  type Step,
} from "./session.ts";

export interface DialogView {
  world: World;
  session: DialogSession;
  appName: string;
  /** What was wrong with the last answer. */
  alert?: string;
}

export function signInPage(view: DialogView): string {
  const people = Object.values(view.world.people).map((person, index) =>
    choice({
      type: "radio",
      name: "person",
      value: person.id,
      label: person.name,
      checked: view.session.personId === null ? index === 0 : view.session.personId === person.id,
      note: portfolioSummary(view.world, person.businessIds),
    }),
  );
  const content = html`
    <p>${view.appName} wants to connect to WhatsApp. Whose login do you want to use?</p>
    <fieldset><legend>Person</legend>${people}</fieldset>`;
  return stepPage(view, "sign-in", "Sign in", content);
}

export function businessPage(view: DialogView): string {
  const options = (personOf(view)?.businessIds ?? []).map((id) =>
    choice({
      type: "radio",
      name: "business",
      value: id,
      label: view.world.businesses[id]?.name ?? id,
      checked: view.session.businessId === id,
      note: `Portfolio ${id}`,
    }),
  );
  const content = html`<fieldset><legend>Business portfolio</legend>${options}</fieldset>`;
  return stepPage(view, "business", "Choose a business portfolio", content);
}

export function accountsPage(view: DialogView): string {
  const { session, world } = view;
  const options = accountsToChoose(world, session).map((waba) =>
    choice({
      type: "checkbox",
      name: "waba",
      value: waba.id,
      label: waba.name,
      checked: session.wabaIds.includes(waba.id),
      note: `WhatsApp account ${waba.id}`,
    }),
  );
  const label = "Create a new WhatsApp account";
  const create = [
    choice({ type: "checkbox", name: "create", value: "1", label, checked: session.newWabaName !== null }),
    textField({ name: "accountName", label: "Account name", value: session.newWabaName ?? "" }),
  ];
  const content = html`<fieldset><legend>WhatsApp accounts</legend>
    ${options}${create}</fieldset>`;
  return stepPage(view, "accounts", "Choose WhatsApp accounts", content);
}

export function numbersPage(view: DialogView): string {
  const { session } = view;
  const numbers = numbersToChoose(view.world, session);
  const option = (value: NumberChoice, label: string) =>
    choice({ type: "radio", name: "choice", value, label, checked: session.numberChoice === value });
  const existing = html`${option("existing", "Use existing numbers")}
    <fieldset><legend>Existing numbers</legend>${numbers.map((number) => numberChoice(view, number))}</fieldset>`;
  const content = html`
    <p class="dim">Meta shares whole WhatsApp accounts: the app can see every number of an account, ticked or not.</p>
    <fieldset><legend>Phone number</legend>
      ${numbers.length > 0 ? existing : null}
      ${option("new", "Create a new number")}
      ${textField({ name: "displayName", label: "Display name", value: session.newNumber.displayName })}
      ${textField({ name: "phone", label: "New phone number", value: session.newNumber.phone, note: PHONE_NOTE })}
      ${option("none", "Continue without a number")}
    </fieldset>`;
  return stepPage(view, "numbers", "Choose a phone number", content);
}

const PHONE_NOTE = "With country code, like +52 55 1234 0000";

export function reviewPage(view: DialogView, scopes: string[]): string {
  const { session, world } = view;
  const accounts = session.wabaIds.map((id) => world.wabas[id]?.name ?? id);
  if (session.newWabaName !== null) accounts.push(`${session.newWabaName} (new)`);
  const boxes = scopes.map((scope) =>
    choice({ type: "checkbox", name: "permission", value: scope, label: scope, checked: true }),
  );
  const portfolio = world.businesses[session.businessId ?? ""]?.name ?? "none";
  const content = html`
    <p>${view.appName} will get access to:</p>
    <dl>
      ${summaryLine(view, "business", "Portfolio", portfolio)}
      ${summaryLine(view, "accounts", "Accounts", accounts.join(", ") || "none")}
      ${summaryLine(view, "numbers", "Numbers", numberSummary(world, session))}
    </dl>
    <fieldset><legend>Permissions</legend>${boxes}</fieldset>
    ${permissionNote(session)}`;
  return stepPage(view, "review", "Review permissions", content);
}

/** The frame of every step: who is signed in, the form, and its buttons. */
function stepPage(view: DialogView, step: Step, heading: string, content: Html): string {
  const { session } = view;
  const person = personOf(view);
  const signedIn = person && step !== "sign-in";
  const body = html`<h1>${heading}</h1>
    ${signedIn ? html`<p class="dim">You are signed in as ${person.name}. <a href="${stepUrl(session, "sign-in")}">Use another login</a></p>` : null}
    ${view.alert ? html`<p class="alert" role="alert">${view.alert}</p>` : null}
    <form method="post" action="${stepUrl(session, step)}">
      ${content}
      <div class="actions">
        <button type="submit" name="action" value="go">${step === "review" ? "Approve" : "Continue"}</button>
        <button type="submit" name="action" value="cancel" class="quiet" formnovalidate>Cancel</button>
      </div>
    </form>`;
  return page({ title: `${heading} · Meta sandbox`, body });
}

export function stepUrl(session: DialogSession, step: Step): string {
  return `/dialog/oauth/${session.id}/${step}`;
}

function numberChoice(view: DialogView, number: PhoneNumber): Html {
  const account = view.world.wabas[number.wabaId]?.name ?? number.wabaId;
  const registration = number.isOnBizApp
    ? "on the WhatsApp Business app"
    : number.platformType === "CLOUD_API"
      ? "registered"
      : "not registered yet";
  return choice({
    type: "checkbox",
    name: "number",
    value: number.id,
    label: number.displayPhoneNumber,
    checked: view.session.numberIds.includes(number.id),
    note: `${number.verifiedName} · ${account} · ${registration}`,
  });
}

function summaryLine(view: DialogView, step: Step, term: string, value: string): Html {
  const change = `Change ${term[0]?.toLowerCase()}${term.slice(1)}`;
  return html`<dt>${term}</dt><dd>${value}</dd>
    <dd><a href="${stepUrl(view.session, step)}" aria-label="${change}">Change</a></dd>`;
}

/** Where the sandbox is kinder than Meta, the page says so. */
function permissionNote({ request }: DialogSession): Html {
  const note = request.isPlainScope
    ? "Integrators report that without config_id Meta opens its sign-up wizard only when extras asks for whatsapp_embedded_signup."
    : "With a configuration Meta grants all permissions or none; unticking one here makes a token that lacks it.";
  return html`<p><small>${note}</small></p>`;
}

function personOf({ session, world }: DialogView) {
  return session.personId === null ? undefined : world.people[session.personId];
}

/** The chosen numbers, for the review page. */
function numberSummary(world: World, session: DialogSession): string {
  if (session.numberChoice === "none") return "none yet";
  if (session.numberChoice === "new") return `${session.newNumber.phone} (new)`;
  return session.numberIds.map((id) => world.numbers[id]?.displayPhoneNumber ?? id).join(", ");
}

/** What a person would share, for the sign-in page. */
function portfolioSummary(world: World, businessIds: string[]): string {
  return businessIds
    .map((id) => {
      const wabas = wabasOf(world, id);
      const numbers = Object.values(world.numbers).filter((number) =>
        wabas.some(({ id }) => id === number.wabaId),
      );
      return `${world.businesses[id]?.name ?? id}: ${count(wabas.length, "account")}, ${count(numbers.length, "number")}`;
    })
    .join(" · ");
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}

/** Meta's own error page: the browser stays here and the app hears nothing. */
export function problemPage(problem: DialogProblem): string {
  return page({
    title: `${problem.title} · Meta sandbox`,
    body: html`<h1>${problem.title}</h1><p>${problem.detail}</p>
      <p class="dim">The app gets no callback from here. Go back to it and start again.</p>`,
  });
}

/** The end of a popup, which passes the outcome on and closes itself, or of the hosted link. */
export function lastPage(session: DialogSession): string {
  const { ending } = session.request;
  const answer =
    ending.kind === "popup"
      ? JSON.stringify({ origin: ending.origin, messages: session.popupMessages })
      : null;
  return page({
    title: "Sign-up ended · Meta sandbox",
    body: html`<h1>You can close this window</h1>
      <p>${session.granted ? "What you chose is shared with the app now." : "Nothing was shared."}</p>
      ${answer === null ? null : html`<script src="/dialog/popup-end.js" data-answer="${answer}"></script>`}`,
  });
}
