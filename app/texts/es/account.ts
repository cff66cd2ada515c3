/** A person's own account: its password, its sessions, and a password that was forgotten. */
import type { account as english } from "../en/account.ts";
import { count } from "./count.ts";

export const account: typeof english = {
  own: {
    title: "Tu cuenta",
    unchanged: "Tu contraseña no cambió",
    change: {
      title: "Cambiar la contraseña",
      lead: "Al cambiarla se cierra tu sesión en todos los demás navegadores.",
      current: "Contraseña actual",
      currentMissing: "Escribe tu contraseña actual.",
      currentWrong: "Esa no es tu contraseña actual.",
      submit: "Cambiar contraseña",
      submitting: "Cambiando…",
    },
    sessions: {
      title: "Otras sesiones",
      others: (sessions) =>
        sessions === 0
          ? "Solo tienes la sesión abierta aquí."
          : `Tienes la sesión abierta aquí y en ${count(sessions, "navegador", "navegadores")} más.`,
      end: "Cerrar las demás sesiones",
      ending: "Cerrando…",
    },
  },
  newPassword: {
    label: "Contraseña nueva",
    hint: "Al menos 8 caracteres, mejor 15 o más. Varias palabras se recuerdan bien.",
    problems: {
      missing: "Escribe una contraseña nueva.",
      same: "Esa es tu contraseña actual. Elige otra.",
      too_short: "La contraseña necesita al menos 8 caracteres.",
      too_long: "La contraseña puede tener como máximo 128 caracteres.",
      too_common: "Esa contraseña es de las primeras que cualquiera probaría. Elige otra.",
    },
  },
  forgot: {
    title: "¿Olvidaste tu contraseña?",
    lead: "Escribe tu dirección. Te enviamos un enlace para elegir una contraseña nueva.",
    submit: "Enviar el enlace",
    submitting: "Enviando…",
    notAsked: "No se envió ningún enlace",
    asked: {
      title: "Revisa tu correo",
      text: "Si alguien tiene una cuenta con esa dirección, el enlace va en camino. Sirve una sola vez, durante 30 minutos, y cuenta el más reciente. Revisa también el correo no deseado.",
    },
    operator: {
      text: "Aquí no se envían correos. Pide una contraseña nueva a quien administra Curbe para ti.",
      command: "Se hace con el comando",
    },
    back: "Volver a iniciar sesión",
  },
  reset: {
    title: "Elige una contraseña nueva",
    lead: "Se cierran todas tus sesiones y entras con la nueva.",
    unchanged: "Tu contraseña no cambió",
    submit: "Guardar contraseña",
    submitting: "Guardando…",
    closed: {
      title: "Este enlace ya no sirve",
      text: "Un enlace sirve una sola vez y durante 30 minutos, y al pedir otro deja de servir el anterior.",
      again: "Pedir otro enlace",
    },
  },
};
