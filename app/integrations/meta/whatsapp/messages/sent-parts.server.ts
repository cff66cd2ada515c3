/** What the business sent by another way than ours: messages with buttons and lists, and templates. */
import type { MessageChoice, MessageParts } from "../../../message.ts";
import { at, listAt, textAt, webAddress } from "./content.server.ts";

/** Whether an interactive message is one that was sent to a customer, and not what the customer answered. */
export function isSentInteractive(interactive: unknown): boolean {
  return ["action", "body", "header", "footer"].some((name) => at(interactive, name) !== undefined);
}

/** Header, footer, and what the customer can choose from. */
export function interactiveParts(interactive: unknown): MessageParts {
  const action = at(interactive, "action");
  const parameters = at(action, "parameters");
  return partsOf(textAt(at(interactive, "header"), "text"), textAt(at(interactive, "footer"), "text"), [
    ...listAt(action, "buttons").map((button) =>
      choice(textAt(at(button, "reply"), "title") ?? textAt(button, "title")),
    ),
    ...listAt(action, "sections").flatMap((section) =>
      listAt(section, "rows").map((row) =>
        choice(textAt(row, "title"), {
          description: joined(textAt(section, "title"), textAt(row, "description")),
        }),
      ),
    ),
    choice(textAt(parameters, "display_text"), { link: textAt(parameters, "url") }),
    choice(textAt(parameters, "flow_cta")),
    choice(textAt(action, "button")),
  ]);
}

function joined(...texts: (string | null)[]): string | null {
  return texts.filter((text) => text !== null).join(" · ") || null;
}

/** Of a template's components: as it is defined, or as it was sent with what was put into it. */
export function templateParts(template: unknown): MessageParts {
  const components = listAt(template, "components");
  const buttons = components.flatMap((component) => {
    if (typeOf(component) === "buttons") return listAt(component, "buttons");
    return typeOf(component) === "button" ? [component, ...listAt(component, "parameters")] : [];
  });
  return partsOf(componentText(components, "header"), componentText(components, "footer"), [
    ...buttons.map((button) => choice(textAt(button, "text"), { link: textAt(button, "url") })),
  ]);
}

/** What stands in a template's component of a type, with what was put into it. */
function componentText(components: unknown[], type: string): string | null {
  const component = components.find((one) => typeOf(one) === type);
  const values = listAt(component, "parameters").map((parameter) => textAt(parameter, "text"));
  const text = textAt(component, "text");
  if (text === null) return joined(...values);
  return text.replace(/\{\{(\d{1,2})\}\}/g, (place, n: string) => values[Number(n) - 1] ?? place);
}

export function templateText(template: unknown): string | null {
  return componentText(listAt(template, "components"), "body");
}

/** Meta writes the types of components in both cases. */
function typeOf(component: unknown): string | undefined {
  return textAt(component, "type")?.toLowerCase();
}

function choice(
  title: string | null,
  { description = null, link = null }: { description?: string | null; link?: string | null } = {},
): MessageChoice | null {
  const address = webAddress(link);
  return title || address ? { title: title ?? address ?? "", description, link: address } : null;
}

function partsOf(
  header: string | null,
  footer: string | null,
  choices: (MessageChoice | null)[],
): MessageParts {
  const given = choices.filter((one) => one !== null);
  return {
    ...(header && { header }),
    ...(footer && { footer }),
    ...(given.length > 0 && { choices: given }),
  };
}
