/** What is said in a conversation. */
import type { ChannelId } from "../../integrations/catalog.ts";
import type { MessageKind } from "../../integrations/message.ts";
import type { ThreadChannelWords } from "../en/thread.ts";
import { count } from "./count.ts";

const messageKinds: Record<Exclude<MessageKind, "unsupported">, string> = {
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
  form: "Llenó un formulario",
  call_allowed: "Permitió llamadas de tu empresa",
  call_refused: "Rechazó llamadas de tu empresa",
  reaction: "Reacción",
  reaction_removed: "Reacción quitada",
  order: "Pedido",
  template: "Mensaje de plantilla",
  system: "Aviso",
  number_changed: "El cliente ahora usa otro número",
  identity_changed: "El código de seguridad del cliente cambió, como pasa con un teléfono nuevo",
  edit: "Mensaje editado",
  revoke: "Mensaje eliminado",
  deleted: "Este mensaje se eliminó",
  welcome: "Abrió la conversación",
  old_media: "Una foto, un video o un archivo de antes de conectar este número",
  unknown: "Mensaje",
};

const channelWords: Record<ChannelId, ThreadChannelWords> = {
  meta_whatsapp: {
    unsupported: "Un tipo de mensaje que WhatsApp no comparte",
    mediaNote: "El archivo se queda en WhatsApp.",
    failedBecause: "Motivo de Meta:",
    failures: {
      "130429": "se enviaron demasiados mensajes a la vez",
      "130472": "WhatsApp no entrega mensajes de marketing a esta persona",
      "130497": "WhatsApp no permite que tu empresa escriba a personas de este país",
      "131026": "este número no puede recibirlo: quizá no está en WhatsApp o usa una versión antigua",
      "131031": "WhatsApp bloqueó la cuenta de tu empresa",
      "131042": "hay un problema con el método de pago de tu cuenta de WhatsApp",
      "131047": "pasaron más de 24 horas desde que el cliente escribió por última vez",
      "131048": "WhatsApp limita tu número porque hubo personas que lo reportaron o bloquearon",
      "131049": "WhatsApp no lo entregó, para que nadie reciba demasiados mensajes de marketing",
      "131050": "el cliente no quiere recibir mensajes de marketing de tu empresa",
      "131051": "este tipo de mensaje no se puede enviar",
      "131053": "el archivo no se pudo usar",
      "131056": "se enviaron demasiados mensajes a esta persona en poco tiempo",
      "132001": "esta plantilla no existe en ese idioma",
      "132015": "esta plantilla está en pausa porque no tuvo buena acogida",
    },
  },
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
  kinds: messageKinds,
  channels: channelWords,
  notYet: "El texto de este mensaje no nos ha llegado.",
  total: "Total",
  product: (name: string) => `Sobre el producto ${name}`,
  forwarded: { once: "Reenviado", often: "Reenviado muchas veces" },
  edited: "Editado",
  fromAd: "Llegó desde un anuncio o una publicación",
  openMap: "Abrir el mapa",
  reactionOf: { inbound: "Reacción del cliente:", outbound: "Reacción de tu empresa:" },
  inReplyTo: { inbound: "En respuesta al cliente:", outbound: "En respuesta a tu empresa:" },
  quoteMissing: "Sobre un mensaje que no nos ha llegado",
  newMessages: (amount: number) => count(amount, "mensaje nuevo", "mensajes nuevos"),
  empty: "Todavía no hay mensajes en esta conversación.",
};
