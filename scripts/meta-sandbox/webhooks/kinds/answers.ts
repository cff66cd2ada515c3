import { type Kind, type Kinds, message } from "./kind.ts";
import { media } from "./messages.ts";

type Content = Record<string, unknown>;

function reply(label: string, interactive: (text: string | undefined) => Content | undefined): Kind {
  return message(label, ({ text }) => ({ type: "interactive", interactive: interactive(text) }));
}

/** A form that was filled in; `answers` is what Meta has as text, or as it is where `as` says so. */
function form(
  label: string,
  answers: (text: string | undefined) => unknown,
  { name = "flow", as = JSON.stringify as (value: unknown) => unknown, body = "Enviado" } = {},
): Kind {
  return reply(label, (text) => ({
    type: "nfm_reply",
    nfm_reply: { response_json: as(answers(text)), body, name },
  }));
}

const asItIs = (value: unknown) => value;
const TOKEN = { flow_token: "sandbox-token" };

/** What people press, choose and fill in. */
export const ANSWERS = {
  interactive_button_reply: reply("Button reply", (text) => ({
    type: "button_reply",
    button_reply: { id: "yes", title: text ?? "Sí" },
  })),
  interactive_list_reply: reply("List reply", (text) => ({
    type: "list_reply",
    list_reply: { id: "row-1", title: text ?? "Pan dulce", description: "Docena" },
  })),
  button: message("Template button", ({ text }) => ({
    type: "button",
    button: { payload: "confirm", text: text ?? "Confirmar" },
  })),
  interactive_nfm_reply: form("Form", (text) => ({ ...TOKEN, answer: text ?? "sí" })),
  form_lists: form("Form with lists", (text) => ({
    ...TOKEN,
    screen_0_Nombre_0: text ?? "Ana Luz",
    screen_0_Extras_1: ["0_Queso", "2_Aceitunas"],
    personas: 4,
    gluten: false,
  })),
  form_long_list: form("Form with a list of 80", () => ({
    ...TOKEN,
    semillas: Array.from({ length: 80 }, (_, at) => `semilla ${at + 1}`),
  })),
  form_nested: form("Form with nested objects", () => ({
    ...TOKEN,
    entrega: { calle: "Calle Mayor 1", lugar: { ciudad: "Puebla", horas: ["de 9 a 10", "de 12 a 13"] } },
  })),
  form_address: form(
    "Address that was saved",
    () => ({ saved_address_id: "address1", values: { house_number: "12", in_pin_code: "400063" } }),
    { name: "address_message", body: "12, 400063" },
  ),
  form_files: form("Form with files", () => ({
    ...TOKEN,
    foto: [{ ...media("image/jpeg"), file_name: "horno.jpg" }],
    recibo: [{ ...media("application/pdf"), file_name: "recibo.pdf" }],
  })),
  form_object: form("Form as an object, not text", () => ({ ...TOKEN, dia: "lunes" }), {
    name: "galaxy_message",
    as: asItIs,
  }),
  form_broken: form("Form whose JSON is broken", () => '{"dia":"martes","hora":"a las 1', {
    as: asItIs,
  }),
  interactive_payment_method: reply("Way to pay (payment_method)", () => ({
    type: "payment_method",
    payment_method: {
      payment_method: "offsite_card_pay",
      payment_timestamp: 1_770_000_000,
      reference_id: "sandbox-1",
      last_four_digits: "4321",
      credential_id: "sandbox-credential",
    },
  })),
  interactive_call_permission_reply: reply("Permission to call", () => ({
    type: "call_permission_reply",
    call_permission_reply: { response: "accept", is_permanent: true, response_source: "user_action" },
  })),
  // Seen by integrators: interactive without its sub-object.
  interactive_empty: reply("Reply without content", () => undefined),
} satisfies Kinds;
