import { newMessageId } from "../../world/identifiers.ts";
import { changeOf } from "../payloads.ts";
import { about, contacts, echo, item, type Kind, type KindInput, type Kinds } from "./kind.ts";

type Content = Record<string, unknown>;

const text = (body: string) => ({ type: "text", text: { body } });

/** What goes on while Meta's assistant handles the conversation and the app listens. */
function standby(label: string, value: (input: KindInput) => Content): Kind {
  return item(label, "standby", (input) => ({ standby: { ...contacts(input), ...value(input) } }));
}

/** A handover names its number as the recipient, not in `metadata`. */
function handover(label: string, type: "control_passed" | "control_taken", control: Content): Kind {
  return {
    label,
    changes: (input) => {
      const { number, sender, timestamp, text: told, extra } = input;
      const metadata = told ?? "Pide pan sin gluten para el viernes.";
      const { value, ...change } = changeOf(number, "messaging_handovers", {
        sender: { phone_number: sender.phone },
        recipient: {
          phone_number_id: number.phoneNumberId,
          display_phone_number: number.displayPhoneNumber.replace(/\D/g, ""),
        },
        type,
        timestamp: String(timestamp),
        [type]: { ...control, metadata },
        ...extra,
      });
      const { metadata: _, ...rest } = value;
      return [{ ...change, value: rest }];
    },
  };
}

/** Meta's Business Agent, while it answers on the number. */
export const ASSISTANT = {
  standby_message: standby("Customer's message", ({ sender, timestamp, text: said, id, extra }) => ({
    messages: [
      {
        from: sender.phone,
        id: id ?? newMessageId(sender.phone),
        timestamp: String(timestamp),
        ...text(said ?? "¿Abren hoy?"),
        ...extra,
      },
    ],
  })),
  // Its content stands one level deeper than in other echoes.
  standby_echo: standby("Assistant's answer", ({ sender, timestamp, text: said, id, extra }) => ({
    message_echoes: [
      {
        id: id ?? newMessageId(sender.phone, "outbound"),
        timestamp: String(timestamp),
        message: {
          messaging_product: "whatsapp",
          to: sender.phone,
          ...text(said ?? "Sí, hasta las 8."),
          ...extra,
        },
      },
    ],
  })),
  standby_status: standby("Assistant's answer was read", (input) => ({
    statuses: [
      {
        id: about(input, "outbound"),
        status: "read",
        timestamp: String(input.timestamp),
        recipient_id: input.sender.phone,
        ...input.extra,
      },
    ],
  })),
  message_echo_assistant: item("Assistant's answer, as message_echoes", "message_echoes", (input) => ({
    message_echoes: [
      echo(input, { ...text(input.text ?? "Con gusto."), message_creation_type: "created_by_1p_bot" }),
    ],
  })),
  handover_to_person: handover("Asked for a person", "control_passed", {
    previous_owner_role: "ai_agent",
    new_owner_role: "escalation",
  }),
  handover_taken: handover("A person took over", "control_taken", {
    previous_owner_role: "ai_agent",
    new_owner_role: "escalation",
  }),
  handover_to_assistant: handover("The assistant took over", "control_passed", {
    previous_owner_role: "escalation",
    new_owner_role: "ai_agent",
  }),
} satisfies Kinds;

function echoed(label: string, content: (said: string | undefined) => Content): Kind {
  return item(label, "smb_message_echoes", (input) => ({
    ...contacts(input),
    message_echoes: [echo(input, content(input.text))],
  }));
}

const rowsOf = (section: string) =>
  Array.from({ length: 10 }, (_, at) => ({ id: `${section}-${at}`, title: `${section} ${at + 1}` }));

/** What the business says elsewhere. */
export const ECHOES = {
  message_echo: item("From another app", "message_echoes", (input) => ({
    message_echoes: [echo(input, text(input.text ?? "Su pedido ya salió."))],
  })),
  smb_message_echo: echoed("From its phone", (said) => text(said ?? "Ya está su pan.")),
  echo_template: echoed("Template", (said) => ({
    type: "template",
    template: {
      name: "pedido_listo",
      language: { code: "es_MX", policy: "deterministic" },
      components: [
        { type: "HEADER", format: "TEXT", text: "Tu pedido" },
        {
          type: "BODY",
          text: "Hola {{1}}, está listo.",
          parameters: [{ type: "text", text: said ?? "Sofía" }],
        },
        { type: "FOOTER", text: "Panadería Luz" },
        { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Gracias" }] },
      ],
    },
  })),
  echo_buttons: echoed("Buttons", (said) => ({
    type: "interactive",
    interactive: {
      type: "button",
      header: { type: "text", text: "Panadería Luz" },
      body: { text: said ?? "¿Cuándo pasas?" },
      footer: { text: "Abierto hasta las 20" },
      action: {
        buttons: ["Hoy", "Mañana"].map((title, at) => ({ type: "reply", reply: { id: `b${at}`, title } })),
      },
    },
  })),
  echo_list: echoed("List of 20 rows", (said) => ({
    type: "interactive",
    interactive: {
      type: "list",
      body: { text: said ?? "Elige tu pan" },
      action: {
        button: "Ver panes",
        sections: ["Dulces", "Salados"].map((title) => ({ title, rows: rowsOf(title) })),
      },
    },
  })),
} satisfies Kinds;
