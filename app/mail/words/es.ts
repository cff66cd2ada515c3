/** What e-mails say, in Spanish. */
import type { Cause, Causes, MailWords } from "./index.ts";

const nothingWorks = "No están llegando mensajes nuevos y no se puede responder.";
const mayBeMissing = "No se puede responder, y es posible que falten mensajes nuevos.";
const stays = "Tus conversaciones se quedan como están.";
const reconnect = `Vuelve a conectar el número para recibirlos. ${stays}`;

const causesOf = (channel: string): Causes => ({
  access_removed: {
    what: "En Meta se eliminó nuestro acceso a este número.",
    effect: nothingWorks,
    action: reconnect,
  },
  account_deleted: {
    what: `La cuenta de ${channel} de este número se eliminó en Meta.`,
    effect: nothingWorks,
    action: `Vuelve a conectar el número y elige otra cuenta para él. ${stays}`,
  },
  account_disabled: {
    what: `Meta inhabilitó la cuenta de ${channel} de este número.`,
    effect: nothingWorks,
    action:
      "Solicita una revisión en la Ayuda para empresas de Meta. Cuando Meta habilite la cuenta, el número continúa aquí por sí solo.",
  },
  offboarded: {
    what: `La app ${channel} Business de este número está pasando a otro teléfono.`,
    effect: "No se puede responder hasta que termine, y es posible que falten mensajes nuevos.",
    action: `Termina el cambio en la app ${channel} Business. Después, el número continúa aquí por sí solo.`,
  },
  deauthorized: {
    what: "La persona que conectó este número retiró nuestro acceso.",
    effect: nothingWorks,
    action: reconnect,
  },
  token_rejected: {
    what: "Meta ya no acepta nuestro acceso a este número.",
    effect: nothingWorks,
    action: reconnect,
  },
  token_unreadable: {
    what: "Ya no podemos abrir nuestro acceso a este número.",
    effect: "No se puede responder, y lo que falta por configurar en Meta queda en espera.",
    action: `Vuelve a conectar el número para darlo de nuevo. ${stays}`,
  },
  token_expired: {
    what: "Nuestro acceso a este número venció.",
    effect: "No se puede responder, y es posible que dejen de llegar mensajes nuevos.",
    action: `Vuelve a conectar el número para renovarlo. ${stays}`,
  },
  permission_lost: {
    what: "En Meta se quitó un permiso que necesitamos para este número.",
    effect: nothingWorks,
    action: `Vuelve a conectar el número y deja activados todos los permisos. ${stays}`,
  },
  incomplete: {
    what: "A la conexión de este número le falta algo.",
    effect: mayBeMissing,
    action: `Vuelve a conectar el número para completarla. ${stays}`,
  },
  number_taken: {
    what: "Este número ya está conectado a otro espacio de trabajo.",
    effect: nothingWorks,
    action: `Primero desconéctalo allí y luego vuelve a conectarlo aquí. ${stays}`,
  },
  status_unknown: {
    what: "No sabemos si este número sigue conectado.",
    effect: mayBeMissing,
    action: `Vuelve a conectar el número para asegurarte. ${stays}`,
  },
});

const otherwise: Cause = {
  what: "Meta retiró nuestro acceso a este número.",
  effect: nothingWorks,
  action: reconnect,
};

export const spanish: MailWords = {
  locale: "es-419",
  causesOf,
  otherwise,
  lost: {
    subject: (channel, number) => `Tu número de ${channel} ${number} necesita atención`,
    title: (number) => `${number} necesita atención`,
  },
  expiring: {
    subject: (channel, number, date) =>
      `Vuelve a conectar tu número de ${channel} ${number} antes del ${date}`,
    title: (number) => `Nuestro acceso a ${number} vence pronto`,
    cause: {
      what: "Meta da acceso por un tiempo limitado, y el de este número está por vencer.",
      effect:
        "Todo sigue funcionando. Cuando venza el acceso, dejarán de llegar mensajes nuevos y no se podrá responder.",
      action: `Vuelve a conectar el número antes de esa fecha para renovarlo. ${stays}`,
    },
  },
  aNumber: "(número desconocido)",
  since: "Desde",
  until: "Vence",
  open: "Abrir Integraciones",
  account: {
    sign_in_failures: {
      subject: "Muchos intentos fallidos de entrar a tu cuenta",
      cause: {
        what: "Más de 50 veces en un día alguien intentó entrar con tu dirección y una contraseña equivocada.",
        effect:
          "Frenamos esos intentos. Puedes iniciar sesión como siempre, sobre todo en un dispositivo que ya hayas usado.",
        action:
          "Si no fuiste tú: tu contraseña sigue protegiendo la cuenta. Cámbiala si la usas en otro lugar o si alguien puede saberla.",
      },
      when: "Detectado",
      open: "Abrir tu cuenta",
    },
    password_changed: {
      subject: "Se cambió tu contraseña",
      cause: {
        what: "Se cambió la contraseña de tu cuenta en Curbe.",
        effect: "Se cerraron todas las demás sesiones que estaban abiertas.",
        action: "Si no fuiste tú, elige ahora una contraseña nueva y avisa a quien administra Curbe para ti.",
      },
      when: "Cambio",
      open: "Elegir una contraseña nueva",
    },
    password_reset: {
      subject: "Elige una contraseña nueva",
      cause: {
        what: "Alguien pidió una contraseña nueva para tu cuenta en Curbe.",
        effect: "Con el enlace de abajo puedes elegirla, una sola vez.",
        action: "Si no fuiste tú, no hagas nada: tu contraseña queda como está.",
      },
      when: "El enlace vale hasta",
      open: "Elegir una contraseña nueva",
    },
    why: "Recibes este correo porque tienes una cuenta en Curbe.",
  },
  why: (workspace) => `Recibes este correo porque administras ${workspace} en Curbe.`,
};
