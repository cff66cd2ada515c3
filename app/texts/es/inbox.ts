/** Conversations and what is said in them. */
import type { MessageKind } from "../../inbox/message-kinds.ts";
import { count, either } from "./count.ts";

const messageKinds: Record<MessageKind, string> = {
  text: "Mensaje",
  image: "Foto",
  video: "Video",
  audio: "Audio",
  voice: "Mensaje de voz",
  document: "Documento",
  sticker: "Sticker",
  location: "Ubicación",
  contacts: "Tarjeta de contacto",
  reply: "Respuesta",
  reaction: "Reacción",
  reaction_removed: "Reacción quitada",
  order: "Pedido",
  template: "Mensaje de plantilla",
  system: "Aviso",
  edit: "Mensaje editado",
  revoke: "Mensaje eliminado",
  welcome: "Abrió la conversación",
  unsupported: "Un tipo de mensaje que WhatsApp no comparte",
  unknown: "Mensaje",
};

export const conversations = {
  title: "Conversaciones",
  empty: "Todavía no hay conversaciones.",
  emptyConnected: "Empiezan en cuanto un cliente escribe a tu número.",
  emptyNotConnected: (labels: string[]) =>
    `Conecta ${either(labels)} y empezarán en cuanto un cliente te escriba.`,
  toIntegrations: "Ir a Integraciones",
  older: "Conversaciones anteriores",
  newest: "Volver a las más recientes",
  you: "Tú",
  unknownContact: "Contacto desconocido",
  numberEnding: "Número terminado en",
  listLabel: "Conversaciones, primero las más recientes",
};

export const thread = {
  back: "Todas las conversaciones",
  earlier: "Mensajes anteriores",
  latest: "Mensajes más recientes",
  repliesOff: ([label, ...others]: string[]) =>
    `No se puede responder: ${others.length === 0 ? `${label} no está conectado` : "no hay ningún canal conectado"}.`,
  repliesOffAction: "Ir a Integraciones",
  from: { inbound: "Del cliente", outbound: "De tu empresa" },
  reactedWith: "Reacción",
  statuses: {
    received: "Recibido",
    sent: "Enviado",
    delivered: "Entregado",
    read: "Leído",
    played: "Reproducido",
    failed: "No entregado",
  },
  failedBecause: "Motivo de Meta:",
  kinds: messageKinds,
  mediaNote: "El archivo se queda en WhatsApp.",
  notYet: "El texto de este mensaje no nos ha llegado.",
  items: (items: number) => count(items, "artículo", "artículos"),
  empty: "Todavía no hay mensajes en esta conversación.",
};
