/** The list of conversations. */
import { either } from "./count.ts";

export const conversations = {
  title: "Conversaciones",
  empty: "Todavía no hay conversaciones.",
  emptyConnected: "Empiezan en cuanto un cliente escribe a tu número.",
  emptyNothingArrives: "Todavía no llegan mensajes: tu número necesita atención.",
  emptyNotConnected: (labels: string[]) =>
    `Conecta ${either(labels)} y empezarán en cuanto un cliente te escriba.`,
  toIntegrations: "Ir a Integraciones",
  older: "Conversaciones anteriores",
  newest: "Volver a las más recientes",
  you: "Tú",
  /** Before the one of the workspace’s numbers that the customer wrote to. */
  ownNumber: "A tu número",
  unknownContact: "Contacto desconocido",
  group: "Grupo",
  unnamedGroup: "Grupo sin nombre",
  listLabel: "Conversaciones, primero las más recientes",
  unread: (amount: string) => `${amount} sin leer`,
  search: "Busca por nombre o número",
  searchAction: "Buscar",
  searched: (words: string) => `Conversaciones que coinciden con “${words}”, primero las más recientes`,
  nothingFound: (words: string) => `Ninguna conversación coincide con “${words}”.`,
  nothingFoundHint: "Basta con una parte del nombre o al menos tres dígitos del número.",
  noneOlder: "No hay conversaciones anteriores.",
  showAll: "Ver todas las conversaciones",
};
