/** What each channel says in words of its own; where only its name differs, the name is put in. */
import { type ChannelId, channels } from "../../integrations/catalog.ts";
import type { ConnectStep } from "../../integrations/connect/setup-steps.ts";
import { finder, type OwnWords, type Reasons } from "../shapes.ts";
import { incidentsOf, reasons, unknownIncident } from "./incidents.ts";

/** All words of a channel. `label` is its name; `own.manager` brings its article, `own.businessApp` is feminine. */
export function channelTexts(label: string, own: OwnWords) {
  return {
    ...own,
    label,
    about: `Responde aquí los mensajes de ${label} de tus clientes.`,
    connect: `Conectar ${label}`,
    nowConnected: `${label} está conectado.`,
    nowStarting: "Meta ya dio su confirmación. Estamos preparando el número.",
    awaiting: `Meta ya dio su confirmación, pero la cuenta todavía no tiene ningún número. ${own.addNumber}.`,
    reasons: {
      ...reasons,
      no_number: {
        title: `La cuenta que elegiste no tiene ningún número de ${label} que podamos conectar.`,
        text: `No se cambió nada. Agrega un número en ${own.manager} o elige otra cuenta, y luego inténtalo de nuevo.`,
      },
    } satisfies Reasons,
    incidentOf: finder(incidentsOf(`${label} `, own.businessApp), unknownIncident),
    steps: { ...stepNames, number_registered: `Número registrado en ${label}` },
    unregistered: `${label} no registró este número.`,
    quality: {
      title: "Meta señaló un problema con la calidad de este número.",
      text: `Hubo personas que bloquearon o reportaron sus mensajes. Los detalles están en ${own.manager}. Meta lo informó el`,
    },
    agent: {
      title: "El asistente de Meta responde en este número.",
      text: "Sus conversaciones también están en tu bandeja. Participó en una por última vez el",
    },
    restrictionText: `En ${own.manager} puedes ver cómo está ahora. Meta lo informó el`,
    activityLead: `Qué ha pasado con tus conexiones de ${label}.`,
    activity: {
      number_registered: `El número se registró en ${label}`,
      registration_missing: `El número ya no estaba registrado en ${label}; pedimos registrarlo de nuevo`,
      registration_failed: `${label} no registró el número`,
      account_deleted: `La cuenta de ${label} se eliminó en Meta`,
      account_disabled: `Meta inhabilitó la cuenta de ${label}`,
      account_disable_scheduled: `Meta va a inhabilitar la cuenta de ${label}`,
      account_reinstated: `Meta levantó el bloqueo de la cuenta de ${label}`,
      account_ban_update: `Meta reconsideró el caso de la cuenta de ${label}`,
      account_offboarded: `La ${own.businessApp} empezó a pasar a otro teléfono`,
      account_reconnected: `La ${own.businessApp} está de vuelta`,
    },
    phoneApp: {
      use: `Uso la ${own.businessApp}`,
      hint: "La app sigue funcionando con el mismo número. Los nombres que pusiste a tus contactos y tus conversaciones anteriores llegan aquí, si lo aceptas en Meta.",
    },
    history: {
      title: "Conversaciones anteriores",
      percent: (percent: number) => `Llegó el ${percent} %`,
      states: {
        asked: `Pedimos las conversaciones de la ${own.businessApp}. Pueden tardar unas horas en llegar.`,
        arriving: "El resto llega solo. Mientras tanto llegan los mensajes nuevos.",
        complete: `Llegaron las conversaciones de la ${own.businessApp}, con los nombres que pusiste a tus contactos.`,
        declined: `La ${own.businessApp} no las comparte. Los mensajes nuevos llegan igualmente. Para traer los anteriores, conecta el número de nuevo y acepta compartir los chats cuando Meta lo pregunte.`,
        too_late:
          "Meta solo las da durante el día siguiente a la conexión, y ese plazo ya terminó. Los mensajes nuevos llegan igualmente. Para traer los anteriores, conecta el número de nuevo.",
        refused:
          "Meta no nos las dio. Los mensajes nuevos llegan igualmente. Para pedirlas otra vez, conecta el número de nuevo.",
      },
    },
    numberLegend: `Número de ${label}`,
    numberAwaited: `Meta ya dio su confirmación, pero la cuenta que elegiste no tiene ningún número que podamos conectar. ${own.addNumber} aquí.`,
    disconnectTitle: `Desconectar ${label}`,
    numberStays: `El número en sí sigue registrado en ${label}.`,
  };
}

export type ChannelTexts = ReturnType<typeof channelTexts>;

/** As a thing that was done; beside it stands whether it was. */
const stepNames: Record<ConnectStep, string> = {
  state_checked: "Respuesta de Meta relacionada con tu intento",
  code_exchanged: "Acceso concedido por Meta",
  access_seen: "Permisos comprobados",
  account_found: "Cuenta encontrada",
  number_proved: "Número verificado",
  deliveries_on: "Entrega de mensajes activada",
  number_registered: "Número registrado",
  first_event_seen: "Primer mensaje o acuse recibido",
};

export const channelWords: Record<ChannelId, ChannelTexts> = {
  meta_whatsapp: channelTexts(channels.meta_whatsapp.label, {
    needs: [
      "Una cuenta comercial de Meta que administres.",
      "Un número de teléfono en la plataforma de WhatsApp Business.",
      "Unos 5 minutos.",
    ],
    addNumber: "Agrega uno en el Administrador de WhatsApp; puede tardar unos minutos en aparecer",
    manager: "el Administrador de WhatsApp",
    businessApp: "app WhatsApp Business",
    registrationRefusals: {
      pin_mismatch:
        "Tiene un PIN de dos pasos de un proveedor anterior. Desactiva la verificación en dos pasos en el Administrador de WhatsApp y luego inténtalo de nuevo.",
      verify_again:
        "Hay que verificarlo de nuevo en el Administrador de WhatsApp. Hazlo y luego inténtalo de nuevo.",
      too_many_attempts:
        "Se intentó demasiadas veces: WhatsApp bloquea un número tras diez intentos en 72 horas.",
      deleted_recently:
        "Se eliminó en WhatsApp hace un momento. Espera unos minutos y luego inténtalo de nuevo.",
      token_unreadable: "Ya no podemos abrir nuestro acceso a él. Vuelve a conectar el número.",
      pin_unreadable:
        "Ya no podemos abrir su PIN de dos pasos. Desactiva la verificación en dos pasos en el Administrador de WhatsApp y luego inténtalo de nuevo.",
      account_locked:
        "Meta bloqueó la cuenta. El servicio de ayuda del Administrador comercial puede desbloquearla.",
    },
    manual: {
      wabaId: "Identificador de la cuenta de WhatsApp Business",
      wabaIdHint: "En el Administrador de WhatsApp, en la información de la cuenta.",
      phoneNumberId: "Identificador del número de teléfono",
      phoneNumberIdHint: "El que Meta le da al número, no el número mismo.",
    },
  }),
};
