/** The pages of platform staff: deliveries, quarantine, numbers without an owner, jobs. */
import type { operations as english } from "../en/operations.ts";
import { count } from "./count.ts";

const deliveryStates = {
  open: "Abierta",
  processed: "Procesada",
  quarantined: "En cuarentena",
  ignored: "Ignorada",
  failed: "Fallida",
};

const reasons = {
  unknown_number: "Número desconocido",
  unreadable: "Ilegible",
  conflict: "Contradicción",
  failed: "Falló",
};

const columns = {
  ...{
    id: "N.º",
    received: "Recibida",
    size: "Tamaño en bytes",
    state: "Resultado",
    took: "Tardó",
    attempts: "Intentos",
  },
  ...{ retry: "Próximo intento", request: "Solicitud", channel: "Canal", reason: "Motivo", place: "Lugar" },
  ...{ detail: "Detalle", number: "ID del número", holder: "Pertenece a", setAside: "Apartado" },
  ...{ replayed: "Reprocesado", delivery: "Entrega", items: "Elementos", first: "Primera recibida" },
  ...{ last: "Última recibida", waitingFor: "Espera desde hace", task: "Tarea", waiting: "En espera" },
  ...{ running: "En curso", failing: "Fallando", givenUp: "Abandonados", oldest: "Primera hora prevista" },
  ...{ lastError: "Último error", lastFailed: "Última falla", tries: "Intentos", ended: "Terminó" },
  ...{ select: "Seleccionar", processed: "Procesada", reopened: "Abierta de nuevo" },
};

export const operations: typeof english = {
  title: "Operaciones",
  lead: "Todos los espacios de trabajo juntos. Lo que abras o reproceses aquí queda registrado.",
  sections: {
    label: "Operaciones",
    overview: "Resumen",
    deliveries: "Entregas",
    quarantine: "Cuarentena",
    numbers: "Números",
    jobs: "Trabajos",
  },
  columns,
  deliveryStates,
  reasons,
  atLeast: (amount) => `${amount} o más`,
  about: (amount) => `unas ${amount}`,
  nobody: "Nadie",
  none: "Ninguno",
  all: "Todos",
  narrow: "Mostrar",
  older: "Anteriores",
  newest: "Volver a lo más reciente",
  overview: {
    now: "Ahora",
    open: "Entregas abiertas",
    oldest: "La más antigua espera desde hace",
    jobs: "Trabajos en espera",
    failing: "Trabajos que fallan",
    givenUp: "Trabajos abandonados",
    unrouted: "Números de nadie",
    day: "Entregas de las últimas 24 horas",
    received: "Recibidas",
    processed: "Procesadas",
    quarantined: "Con elementos en cuarentena",
    quarantine: "En cuarentena",
    nothing: "No hay nada en cuarentena.",
  },
  trail: {
    title: "Lo que hizo el personal",
    empty: "Nada todavía.",
    bodyShown: "Vio el contenido de la entrega",
    replay: "Abrió de nuevo elementos en cuarentena",
    chosen: (items) => `${count(items, "elemento elegido", "elementos elegidos")} a mano`,
    everything: "Todo lo que había en cuarentena",
    result: (items, deliveries) =>
      `${count(items, "elemento", "elementos")} en ${count(deliveries, "entrega", "entregas")}`,
  },
  deliveries: {
    title: "Entregas",
    caption: "Entregas, la más reciente primero",
    empty: "No hay ninguna entrega así.",
    lookedAt: (amount) => `Se revisaron ${amount} entregas para encontrar estas. Hay más.`,
    lookOn: "Buscar más atrás",
  },
  delivery: {
    title: (id) => `Entrega ${id}`,
    back: "Entregas",
    items: "Elementos apartados",
    noItems: "No se apartó nada de ella.",
    body: "Contenido",
    bodyLead: "Incluye lo que escribieron los clientes. Verlo queda registrado a tu nombre.",
    show: "Mostrar contenido",
    showing: "Obteniendo el contenido…",
    cut: (shown, all) => `Los primeros ${shown} de ${all} bytes.`,
  },
  quarantine: {
    title: "Cuarentena",
    caption: "Elementos en cuarentena, el más reciente primero",
    empty: "No hay ningún elemento así en cuarentena.",
    selectItem: (id) => `Elemento ${id}`,
    replaySelected: "Reprocesar los seleccionados",
    replayAll: "Reprocesar todo lo de este filtro",
    replaying: "Abriendo de nuevo…",
  },
  item: {
    title: (id) => `Elemento ${id}`,
    back: "Cuarentena",
    inQuarantine: "En cuarentena",
    replay: "Reprocesar este elemento",
    toDelivery: "Abrir su entrega",
  },
  confirm: {
    title: "Reprocesar todo lo de este filtro",
    lead: "Sus entregas se procesan de nuevo. Lo que ya estaba guardado queda como está, y lo que tampoco esta vez llegue a nadie sigue en cuarentena.",
    items: "Elementos",
    inParts: (most) =>
      `A lo sumo ${most} a la vez, primero los más antiguos; después se te pregunta si continuar.`,
    submit: "Reprocesarlos",
    keep: "Dejarlos en cuarentena",
  },
  numbers: {
    title: "Números de nadie",
    lead: "Llegaron entregas para estos números y ningún espacio de trabajo los ha conectado.",
    caption: "ID de números sin espacio de trabajo",
    empty: "Todos los números para los que llegaron entregas pertenecen a un espacio de trabajo.",
    lookedAt: (amount) => `Contado sobre los ${amount} elementos más recientes.`,
  },
  jobs: {
    title: "Trabajos",
    caption: "Trabajos por tarea",
    empty: "No hay trabajos en espera ni en curso.",
    givenUp: "Trabajos que no se intentarán de nuevo",
    noneGivenUp: "No se abandonó ningún trabajo.",
  },
};
