/** Connecting a channel, looking after its numbers, and leaving. */
import { finder, type WindowNotice } from "../shapes.ts";
import { count } from "./count.ts";
import { incidentsOf, reasons, unknownIncident } from "./incidents.ts";

const quoteCode = "Inténtalo de nuevo. Si no funciona, consúltanos e indica el código.";

/** Why a window of the platform's brought nothing. */
const windowNotices: Record<WindowNotice, string> = {
  not_opened: "La ventana de Meta no se abrió. Es posible que tu navegador la haya bloqueado.",
  no_code: "La ventana de Meta terminó sin la confirmación que necesitamos. No se cambió nada.",
  no_answer: "La ventana de Meta no nos ha respondido. Aquí todavía no se ha cambiado nada.",
  no_attempt: "No pudimos preparar la conexión. Puedes cerrar la ventana de Meta.",
};

/** Beside the button while a window of the platform's is open. */
export const signupWindow = {
  onThisPage: "Mejor continuar en esta página",
  oneMoment: "Un momento. Tarda unos segundos.",
  notices: windowNotices,
};

export const integrations = {
  activity: "Actividad",
  title: "Integraciones",
  lead: "Los canales por los que te escriben tus clientes.",
  states: {
    notConnected: "Sin conectar",
    connected: "Conectado",
    starting: "Activando",
    attention: "Requiere atención",
    choosing: "Pendiente de ti",
    connecting: "Conectando",
  },
  youGet: "Qué obtienes",
  gains: [
    "Todos los mensajes a tu número llegan aquí, para todo el equipo.",
    "Las conversaciones siguen siendo tuyas, aunque te desconectes.",
    "Tú decides: desconéctate cuando quieras, desde aquí o desde Meta.",
  ],
  youNeed: "Qué necesitas",
  beforeLeaving:
    "Continúas en Meta y luego regresas aquí. De los mensajes anteriores a la conexión solo llegan los de la app de tu teléfono.",
  connectAgain: "Conectar de nuevo",
  reconnect: "Volver a conectar",
  tryAgain: "Intentar de nuevo",
  retrying: "Intentando de nuevo…",
  retryDeliveries: "Activar de nuevo la entrega de mensajes",
  startAgain: "Empezar de nuevo",
  connecting: "Conectando…",
  atMeta: "Termina en la ventana de Meta. Puedes volver a esta página.",
  continueAtMeta: "Continuar en Meta",
  disconnected: "Desconectado. Tus conversaciones se conservan.",
  another: "Conectar otro número",
  lookAgain: "Buscar de nuevo",
  unread: {
    text: "Meta ya dio su confirmación, pero todavía no nos ha dicho qué números hay. No hace falta que inicies sesión otra vez.",
    action: "Consultar de nuevo a Meta",
  },
  choosing: {
    text: "Meta ya dio su confirmación. Tu cuenta tiene más de un número: elige cuál conectar.",
    action: "Elegir un número",
  },
  details: {
    name: "Nombre para mostrar",
    since: "Conectado desde",
    addedOn: "Agregado el",
    deliveries: "Entrega de mensajes",
    approvedName: "Nombre en Meta",
  },
  deliveries: {
    starting: "Activando. Tarda unos segundos.",
    on: "Activada. Los mensajes nuevos llegan aquí.",
    onAlone: "Activada.",
    failed: "Meta no la ha activado. No están llegando mensajes nuevos.",
  },
  seeConversations: "Abrir conversaciones",
  disconnect: "Desconectar…",
  incidentOf: finder(incidentsOf("", "app para empresas"), unknownIncident),
  reasons,
  reference: "Código de referencia:",
  since: "Desde el",
  steps: {
    title: "Qué se ha hecho",
    results: { done: "Hecho", failed: "Falló", waiting: "Pendiente", underWay: "En curso" },
    noMessageYet: "Todavía no ha llegado ningún mensaje. Envía uno al número para comprobar que llega.",
    unregistered: "Mientras no esté registrado, no llegan mensajes nuevos.",
    deliveryFailures: {
      override:
        "Meta envía los mensajes de este número a la dirección de otro proveedor. Pídele que libere el número y luego inténtalo de nuevo.",
      reconnect: "Meta ya no acepta nuestro acceso a este número. Vuelve a conectar para activar la entrega.",
      permission:
        "A nuestro acceso le falta un permiso para activar la entrega. Vuelve a conectar y deja activados todos los permisos.",
      retry_later: "Meta no respondió durante mucho tiempo. Inténtalo de nuevo en unos minutos.",
      token_unreadable:
        "Ya no podemos abrir nuestro acceso a este número. Vuelve a conectar para activar la entrega.",
      tell_tenant:
        "Meta no permite la entrega para esta empresa. El motivo está en la Ayuda para empresas de Meta.",
    } as Record<string, string>,
    triedOften: "Por ahora se intentó tantas veces como Meta permite.",
    againOn: "Puedes intentarlo de nuevo el",
    otherwise: quoteCode,
  },
  limits: {
    TIER_50: "Hasta 50 conversaciones al día",
    TIER_250: "Hasta 250 conversaciones al día",
    TIER_1K: "Hasta 1,000 conversaciones al día",
    TIER_2K: "Hasta 2,000 conversaciones al día",
    TIER_10K: "Hasta 10,000 conversaciones al día",
    TIER_100K: "Hasta 100,000 conversaciones al día",
    TIER_UNLIMITED: "Sin límite",
    TIER_NOT_SET: "Todavía sin definir",
  } as Record<string, string>,
  nameDecisions: {
    APPROVED: "Aprobado",
    DECLINED: "Rechazado por Meta",
    REJECTED: "Rechazado por Meta",
    PENDING: "Meta lo está revisando",
    DEFERRED: "Todavía sin decisión",
  } as Record<string, string>,
  restrictions: {
    ACCOUNT_RESTRICTION: "Meta restringió lo que puede hacer la cuenta.",
    ACCOUNT_VIOLATION: "Meta indica que la cuenta incumplió una de sus reglas.",
    DISABLED_UPDATE: "Meta cambió su decisión sobre si la cuenta puede usarse.",
    DISABLE: "Meta inhabilitó la cuenta.",
    SCHEDULE_FOR_DISABLE: "Meta va a inhabilitar la cuenta.",
  } as Record<string, string>,
  restrictedOtherwise: "Meta informó una restricción:",
  silence: {
    title: "Hay un silencio poco habitual.",
    text: "Normalmente llegan mensajes todos los días. Envía uno al número para ver si llega. El último llegó el",
  },
  ending: {
    title: "El acceso de Meta a este número termina pronto.",
    text: "Vuelve a conectar antes y nada se interrumpirá. Termina el",
  },
  requested: {
    title: "Otro espacio de trabajo quiere conectar este número.",
    text: "Lo pidió alguien que tiene derechos sobre él en Meta. Si es correcto, desconéctalo aquí; si no, no tienes que hacer nada.",
    since: "Solicitud del",
  },
  manualLink: "Conexión manual (solo administradores)",
};

export const chooseNumber = {
  title: "Elige un número",
  lead: "La cuenta que elegiste en Meta tiene varios números. ¿Cuál debe recibir mensajes aquí?",
  unnamed: "Sin nombre para mostrar",
  account: "Cuenta",
  submit: "Conectar este número",
  submitting: "Conectando…",
  later: "Decidir después",
  errors: { title: "Todavía no hay ningún número conectado", none: "Elige uno de los números." },
  awaited: {
    title: "Todavía no hay ningún número",
    submit: "Buscar de nuevo",
    submitting: "Buscando…",
  },
  unread: {
    title: "Meta todavía no ha respondido",
    lead: "Ya iniciaste sesión, pero Meta todavía no nos ha dicho qué números hay. Puedes consultar de nuevo sin iniciar sesión otra vez.",
    submit: "Consultar de nuevo a Meta",
    submitting: "Consultando…",
  },
};

export const disconnect = {
  titleOf: "¿Desconectar este número?",
  stops: "Qué se detiene",
  stopsList: [
    "Los mensajes nuevos a este número dejan de llegar aquí.",
    "Deja de ser posible responder desde aquí.",
    "Renunciamos a nuestro acceso en Meta.",
  ],
  noUndo:
    "No se puede deshacer desde aquí: para conectar de nuevo hay que pasar por la ventana de Meta, como la primera vez. Es posible que los mensajes de ese intervalo no lleguen.",
  stays: "Qué se conserva",
  recent: (messages: number, more: boolean) =>
    messages === 0
      ? "En los últimos 30 días no llegó ninguno."
      : `En los últimos 30 días ${messages === 1 ? "llegó" : "llegaron"} ${more ? "más de " : ""}${count(messages, "mensaje", "mensajes")}.`,
  kept: (conversations: number, messages: number, more: boolean) =>
    `${count(conversations, "conversación", "conversaciones")} con ${more ? "más de " : ""}${count(messages, "mensaje", "mensajes")}`,
  staysText: "Puedes leerlas como antes, y continúan cuando conectes el número de nuevo.",
  submit: "Desconectar número",
  submitting: "Desconectando…",
  keep: "Dejarlo conectado",
};
