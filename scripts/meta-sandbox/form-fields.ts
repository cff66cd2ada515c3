import { type Html, html } from "./html.ts";

/** Form controls with their labels; a note is tied to its control for screen readers. */
export interface Choice {
  type: "radio" | "checkbox";
  /** Unique on the page; default: name and value. */
  id?: string;
  name: string;
  value?: string;
  label: string;
  checked?: boolean;
  note?: string;
}

export function choice({ type, name, value = "on", label, checked = false, note, ...rest }: Choice): Html {
  const id = rest.id ?? `${name}-${value}`;
  return html`<div class="choice">
    <input type="${type}" id="${id}" name="${name}" value="${value}"${checked ? html` checked` : null}${described(id, note)}>
    <label for="${id}">${label}</label>${noteFor(id, note)}</div>`;
}

export interface TextField {
  id?: string;
  name: string;
  label: string;
  value?: string;
  note?: string;
}

export function textField({ name, label, value = "", note, id = name }: TextField): Html {
  return html`<div class="field"><label for="${id}">${label}</label>
    <input type="text" id="${id}" name="${name}" value="${value}" autocomplete="off"${described(id, note)}>
    ${noteFor(id, note)}</div>`;
}

export type Option = readonly [value: string, label: string];

/** Options under a heading. */
export interface OptionGroup {
  label: string;
  options: readonly Option[];
}

export interface Select {
  id: string;
  name: string;
  label: string;
  options: readonly (Option | OptionGroup)[];
  current?: string;
  note?: string;
}

export function select({ id, name, label, options, current, note }: Select): Html {
  const tag = ([value, text]: Option) =>
    html`<option value="${value}"${value === current ? html` selected` : null}>${text}</option>`;
  const tags = options.map((option) =>
    "options" in option
      ? html`<optgroup label="${option.label}">${option.options.map(tag)}</optgroup>`
      : tag(option),
  );
  return html`<div class="field"><label for="${id}">${label}</label>
    <select id="${id}" name="${name}"${described(id, note)}>${tags}</select>${noteFor(id, note)}</div>`;
}

/** Options whose label is their value. */
export function plainOptions(values: readonly string[]): Option[] {
  return values.map((value) => [value, value]);
}

function described(id: string, note: string | undefined): Html | null {
  return note ? html` aria-describedby="${id}-note"` : null;
}

function noteFor(id: string, note: string | undefined): Html | null {
  return note ? html`<small id="${id}-note">${note}</small>` : null;
}
