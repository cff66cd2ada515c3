/** A connected number: its line on the card, its own page, its test and its health. */
import type { Texts } from "../catalogue.ts";

const capped = (amount: number, most: number) =>
  amount > most ? `más de ${most.toLocaleString("es-419")}` : amount.toLocaleString("es-419");

export const numbers: Texts["numbers"] = {
  title: "Número",
  back: "Integraciones",
  details: "Detalles",
  lastMessage: "Último mensaje",
  noMessage: "Todavía no hay mensajes",
  unnamed: "Sin nombre para mostrar",
  awaitingTest: "Esperando un mensaje",
  disconnected: "Desconectado",
  numberFacts: "El número",
  deliveriesOff: "La entrega de mensajes está desactivada.",
  status: {
    connected: "Conectado y funcionando. Los mensajes nuevos llegan aquí.",
    skipped: "Conectado. Todavía no ha llegado ningún mensaje.",
    starting: "Estamos comprobando el número. Tarda unos segundos.",
    awaitingTest: "Todo está listo. Un primer mensaje demuestra que llegan.",
    disconnected: "Desconectado. Tus conversaciones se conservan.",
  },
  test: {
    title: "Prueba",
    before: "Envía cualquier mensaje a",
    after: "para comprobar que llega.",
    openApp: (label) => `Abrir ${label}`,
    orScan: "O escanea esto con un teléfono. Cuando llegue el mensaje, esta página lo mostrará sola.",
    send: "Enviar un mensaje de prueba",
    qr: (label, number) => `Código QR que abre ${label} con ${number}`,
    skip: "Omitir la prueba",
    skipping: "Omitiendo…",
    passed: "Llegó el primer mensaje: el número está conectado y funciona.",
    passedOn: "El primer mensaje o acuse de recibo llegó el",
    skipped: "Continuaste sin la prueba y todavía no ha llegado ningún mensaje.",
    notYet: "La prueba empieza cuando el número está listo.",
    openConversation: "Abrir la conversación",
  },
  health: {
    title: "Estado del servicio",
    lastMessage: "Último mensaje",
    lastDay: "Últimas 24 horas",
    traffic: (received, failed, most) =>
      `Recibidos: ${capped(received, most)}; con error: ${capped(failed, most)}`,
    setAside: "Apartados",
    setAsideItems: (items, most) =>
      `En las últimas 24 horas no se pudieron procesar algunos avisos (${capped(items, most)}). Se conservan.`,
    quality: "Calidad del número",
    qualities: {
      GREEN: "Alta",
      YELLOW: "Media",
      RED: "Baja",
      NA: "Aún sin evaluar",
      UNKNOWN: "Aún sin evaluar",
    },
    limit: "Límite de envío",
    asOf: "al",
    access: "Acceso",
    givenOn: "Otorgado el",
    endsOn: "termina el",
    noEnd: "Meta no indica un final",
    expected: "Entrega, esperada",
    expectedTo: "Nuestra app recibe los mensajes de la cuenta en",
    found: "Entrega, encontrada",
    deliveries: {
      ours: "Como se esperaba: Meta envía los mensajes de este número a esa dirección.",
      missing:
        "No como se esperaba: nuestra app no está suscrita a la cuenta. Ya se lo pedimos de nuevo a Meta.",
      elsewhere: "No como se esperaba: alguien indicó otra dirección en Meta y los mensajes van allí.",
    },
    unknown: "Se sabrá con la primera comprobación",
    lastCheck: "Última comprobación",
    never: "Aún sin comprobar",
    results: {
      alive: "Meta respondió y nuestro acceso funciona.",
      token_rejected: "Meta ya no acepta nuestro acceso.",
      permission_lost: "Meta no nos mostró el número: es posible que falte un permiso.",
    },
    noAnswer: "Meta no dio una respuesta que sirva. Volveremos a consultar sin que hagas nada.",
    checkNow: "Comprobar ahora",
    asking: "Solicitando…",
    checking: "Comprobando…",
    late: "La comprobación tarda más de lo normal. Puedes pedir otra.",
    tooSoon: "Este número se comprobó hace un momento. Espera medio minuto y comprueba de nuevo.",
    disconnected: "No hay nada que comprobar mientras el número esté desconectado.",
  },
  activity: { title: "Actividad reciente", all: "Toda la actividad", empty: "Todavía no ha pasado nada." },
  danger: {
    title: "Zona de riesgo",
    text: "Dejarán de llegar mensajes nuevos aquí. Las conversaciones se conservan, y verás qué cambia antes de que ocurra.",
  },
};
