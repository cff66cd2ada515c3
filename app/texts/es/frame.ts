/** The frame around every page, signing in, and what is shown when there is no page. */
import type { NoticeCode } from "../shapes.ts";
import { count } from "./count.ts";

export const notices: Record<NoticeCode, string> = {
  disconnected: "Desconectado. Tus conversaciones se conservan.",
  nothing_to_disconnect: "Ya no quedaba nada por desconectar.",
  replay_begun: "Se abrió de nuevo. Lo que tampoco esta vez llegue a nadie sigue en cuarentena.",
  replay_begun_in_part: "Se abrió de nuevo la primera parte. Hay más: continúa abajo.",
  nothing_to_replay: "Nada de esto sigue en cuarentena.",
  password_changed: "Tu contraseña cambió.",
  sessions_ended: "Se cerraron tus demás sesiones.",
  nothing_selected: "No seleccionaste ningún elemento, así que no se abrió nada.",
};

export const nav = {
  label: "Principal",
  workspace: "Espacio de trabajo",
  integrations: "Integraciones",
  conversations: "Conversaciones",
  operations: "Operaciones",
  account: "Tu cuenta",
  signOut: "Cerrar sesión",
  signingOut: "Cerrando sesión…",
  signedInAs: "Sesión iniciada como",
};

export const incidents = {
  label: "Requiere atención",
  several: (numbers: number) => count(numbers, "número", "números"),
  since: "Desde el",
  see: "Ver qué hacer",
  askAdmin:
    "Hace falta alguien que administre la cuenta en Meta. Si no eres tú, pídeselo a un administrador:",
  hide: "Ocultar 24 horas",
  hiding: "Ocultando…",
};

export const login = {
  title: "Iniciar sesión",
  lead: "El WhatsApp de tus clientes, en un solo lugar para todo tu equipo.",
  email: "Correo electrónico",
  password: "Contraseña",
  submit: "Iniciar sesión",
  submitting: "Iniciando sesión…",
  signedOut: "Cerraste sesión.",
  passwordChanged: "Ya tienes tu contraseña nueva. Inicia sesión con ella.",
  forgot: "¿Olvidaste tu contraseña?",
  errors: {
    title: "Todavía no has iniciado sesión",
    emailMissing: "Escribe tu correo electrónico.",
    passwordMissing: "Escribe tu contraseña.",
    wrong: "El correo electrónico o la contraseña no son correctos.",
    tooMany: (minutes: number) =>
      minutes <= 1
        ? "Demasiados intentos. Espera un minuto y luego inténtalo de nuevo."
        : `Demasiados intentos. Espera ${minutes} minutos y luego inténtalo de nuevo.`,
  },
};

export const errors = {
  notFound: {
    title: "Esa página no existe",
    text: "Es posible que la dirección esté mal o que lo que había aquí pertenezca a otro espacio de trabajo.",
  },
  broken: {
    title: "Algo falló de nuestro lado",
    text: "Tus datos están a salvo y no lo causó nada que hayas hecho. Inténtalo de nuevo en un momento.",
  },
  refused: {
    title: "Esa solicitud no se puede atender aquí",
    text: "Regresa a la página de la que venías e inténtalo de nuevo.",
  },
  tooMany: {
    title: "Es más de lo que podemos hacer por ti a la vez",
    text: "Algo que pediste sigue en curso. Espera a que termine e inténtalo de nuevo.",
  },
  askedTooOften: {
    title: "Por ahora se pidió demasiadas veces",
    nothingLost:
      "Meta limita cuántas veces se le puede preguntar. No se cambió nada, y lo que está conectado sigue conectado.",
    wait: (minutes: number) => (minutes <= 1 ? "Espera un minuto." : `Espera ${minutes} minutos.`),
  },
  home: "Ir a Integraciones",
  retry: "Intentar de nuevo",
  requestId: "Código de referencia, por si nos consultas:",
};

export const preferences = {
  label: "Idioma y apariencia",
  language: "Idioma",
  theme: "Apariencia",
  themes: { system: "Como el dispositivo", light: "Claro", dark: "Oscuro" },
};
