/** What ended an attempt to connect, and what is wrong with a number. */
import type { Incidents, IncidentWords, Reasons } from "../shapes.ts";

export const reasons: Reasons = {
  cancelled: {
    title: "La conexión se canceló o falló. Inténtalo de nuevo.",
    text: "No se cambió nada. Cuando lo intentes de nuevo, completa todos los pasos en la ventana de Meta.",
  },
  number_taken: {
    title: "Ese número ya está conectado a otro espacio de trabajo.",
    text: "No se cambió nada. Primero desconéctalo allí o conecta otro número.",
  },
  state_invalid: {
    title: "No pudimos relacionar la respuesta de Meta con un intento tuyo.",
    text: "No se cambió nada. Empieza de nuevo desde esta página, en este navegador.",
  },
  state_expired: {
    title: "El intento tardó más de 10 minutos, así que lo detuvimos.",
    text: "No se cambió nada. Empieza de nuevo; toma unos 5 minutos.",
  },
  state_used: {
    title: "Ese intento ya había terminado.",
    text: "Si abajo aparece un número conectado, todo está bien. Si no, empieza de nuevo.",
  },
  code_rejected: {
    title: "Meta retiró su confirmación antes de que pudiéramos usarla.",
    text: "No se cambió nada. Las confirmaciones duran solo unos segundos: empieza de nuevo y debería funcionar.",
  },
  permission_missing: {
    title: "En la ventana de Meta se desactivó un permiso que necesitamos.",
    text: "Sin él, los mensajes no pueden llegarte aquí. Inténtalo de nuevo y deja activados todos los permisos.",
  },
  no_number: {
    title: "La cuenta que elegiste no tiene ningún número que podamos conectar.",
    text: "No se cambió nada. Agrégale un número o elige otra cuenta, y luego inténtalo de nuevo.",
  },
  meta_unavailable: {
    title: "Meta no está respondiendo en este momento.",
    text: "No se cambió nada. Inténtalo de nuevo en unos minutos.",
  },
  choice_expired: {
    title: "Tu lista de números ya no está abierta.",
    text: "No se cambió nada. Empieza de nuevo para ver tus números.",
  },
  account_restricted: {
    title: "Meta restringió la cuenta que elegiste.",
    text: "No se cambió nada. El motivo está en la Ayuda para empresas de Meta. Conéctala cuando vuelva a estar disponible o elige otra.",
  },
};

const nothingWorks = "No están llegando mensajes nuevos y no se puede responder.";
const mayBeMissing = "No se puede responder, y es posible que falten mensajes nuevos.";
const staysAsIs = "Tus conversaciones se quedan como están.";
const reconnect = `Vuelve a conectar para recibirlos. ${staysAsIs}`;

/** `name` is the channel's, or empty: it stands after “cuenta”. `businessApp` is feminine and comes without its article. */
export const incidentsOf = (name: string, businessApp: string): Incidents => {
  const account = name.trim() ? `cuenta de ${name.trim()}` : "cuenta";
  return {
    access_removed: {
      title: "En Meta se eliminó nuestro acceso a este número.",
      effect: nothingWorks,
      action: reconnect,
      reconnectHelps: true,
    },
    account_deleted: {
      title: `La ${account} de este número se eliminó en Meta.`,
      effect: nothingWorks,
      action: `Vuelve a conectar y elige otra cuenta para el número. ${staysAsIs}`,
      reconnectHelps: true,
    },
    account_disabled: {
      title: `Meta inhabilitó la ${account} de este número.`,
      effect: nothingWorks,
      action:
        "Solicita una revisión en la Ayuda para empresas de Meta. Cuando Meta habilite la cuenta, este número continúa aquí por sí solo.",
      reconnectHelps: false,
    },
    offboarded: {
      title: `La ${businessApp} de este número está pasando a otro teléfono.`,
      effect: "No se puede responder hasta que termine, y es posible que falten mensajes nuevos.",
      action: `Termina el cambio en la ${businessApp}. Por lo general, todo continúa aquí por sí solo en unos minutos.`,
      reconnectHelps: false,
    },
    deauthorized: {
      title: "La persona que conectó este número retiró nuestro acceso.",
      effect: nothingWorks,
      action: reconnect,
      reconnectHelps: true,
    },
    token_rejected: {
      title: "Meta ya no acepta nuestro acceso a este número.",
      effect: nothingWorks,
      action: reconnect,
      reconnectHelps: true,
    },
    token_unreadable: {
      title: "Ya no podemos abrir nuestro acceso a este número.",
      effect: "No se puede responder, y lo que falta por configurar en Meta queda en espera.",
      action: `Vuelve a conectar para darlo de nuevo. ${staysAsIs}`,
      reconnectHelps: true,
    },
    token_expired: {
      title: "Nuestro acceso a este número venció.",
      effect: "No se puede responder, y es posible que dejen de llegar mensajes nuevos.",
      action: `Vuelve a conectar para renovarlo. ${staysAsIs}`,
      reconnectHelps: true,
    },
    permission_lost: {
      title: "En Meta se quitó un permiso que necesitamos para este número.",
      effect: nothingWorks,
      action: `Vuelve a conectar y deja activados todos los permisos. ${staysAsIs}`,
      reconnectHelps: true,
    },
    incomplete: {
      title: "A la conexión de este número le falta algo.",
      effect: mayBeMissing,
      action: `Vuelve a conectar para completarla. ${staysAsIs}`,
      reconnectHelps: true,
    },
    number_taken: {
      title: "Este número ya está conectado a otro espacio de trabajo.",
      effect: nothingWorks,
      action: `Primero desconéctalo allí y luego vuelve a conectarlo aquí. ${staysAsIs}`,
      reconnectHelps: false,
    },
    status_unknown: {
      title: "No sabemos si este número sigue conectado.",
      effect: mayBeMissing,
      action: `Vuelve a conectar para asegurarte. ${staysAsIs}`,
      reconnectHelps: true,
    },
  };
};

/** For a cause that has no words of its own yet. */
export const unknownIncident: IncidentWords = {
  title: "Meta retiró nuestro acceso a este número.",
  effect: nothingWorks,
  action: reconnect,
  reconnectHelps: true,
};
