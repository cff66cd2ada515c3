import { choice, type Option, type Select, select, textField } from "../../form-fields.ts";
import { type Html, html } from "../../html.ts";
import type { Snapshot } from "../../world/snapshot.ts";
import type { Control } from "../control.ts";

/** A form of the control page; it posts to `/sandbox/forms/{name}`, its name in the table it stands in. */
export interface Form {
  heading: string;
  button: string;
  fields: (world: Snapshot) => Field[];
  run: FormAction;
}

/** Returns what the page then says. `form` has the fields that were filled in, `all` also those of one name. */
export type FormAction = (
  control: Control,
  form: Record<string, string>,
  all: URLSearchParams,
) => Promise<string> | string;

export type Forms = Record<string, Form>;

/** Draws itself in a form, whose name keeps its id apart from the others of the page. */
type Field = (form: string) => Html;

export function text(name: string, label: string, value = ""): Field {
  return (form) => textField({ id: `${form}-${name}`, name, label, value });
}

export function pick(name: string, label: string, options: Select["options"]): Field {
  return (form) => select({ id: `${form}-${name}`, name, label, options });
}

export function tick(name: string, label: string): Field {
  return (form) => choice({ type: "checkbox", id: `${form}-${name}`, name, label });
}

/** Any of the options, under one name. */
export function tickAny(name: string, legend: string, options: readonly Option[]): Field {
  return (form) =>
    html`<fieldset><legend>${legend}</legend>${options.map(([value, label]) =>
      choice({ type: "checkbox", id: `${form}-${value}`, name, value, label }),
    )}</fieldset>`;
}

export function note(says: string): Field {
  return () => html`<p class="dim">${says}</p>`;
}

export function cards(forms: Forms, world: Snapshot): Html {
  return html`${Object.entries(forms).map(
    ([name, { heading, button, fields }]) =>
      html`<form class="card" method="post" action="/sandbox/forms/${name}"><h3>${heading}</h3>
        ${fields(world).map((field) => field(name))}
        <div class="actions"><button type="submit">${button}</button></div></form>`,
  )}`;
}

export function numberOptions(world: Snapshot): Option[] {
  return world.numbers.map(({ id, displayPhoneNumber, verifiedName }) => [
    id,
    `${displayPhoneNumber} ${verifiedName}`,
  ]);
}

export function wabaOptions(world: Snapshot): Option[] {
  return world.wabas.map(({ id, name }) => [id, name]);
}

export function businessOptions(world: Snapshot): Option[] {
  return world.businesses.map(({ id, name }) => [id, name]);
}
