import { choice, type Option } from "../form-fields.ts";
import { type Html, html } from "../html.ts";
import type { Snapshot } from "../world/snapshot.ts";

/** A form of the control page; it posts to `/sandbox/forms/{name}`. */
export function card(name: string, heading: string, button: string, fields: Html): Html {
  return html`<form class="card" method="post" action="/sandbox/forms/${name}"><h3>${heading}</h3>${fields}
    <div class="actions"><button type="submit">${button}</button></div></form>`;
}

export function forceBox(form: string): Html {
  return choice({
    type: "checkbox",
    id: `${form}-force`,
    name: "force",
    label: "Send even if not subscribed",
  });
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
