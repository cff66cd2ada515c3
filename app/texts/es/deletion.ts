/** What somebody reads who asked Meta to have their data deleted. */
import { count } from "./count.ts";

export const deletion = {
  title: "Tu solicitud de eliminación de datos",
  lead: "Le pediste a Meta que se eliminaran los datos sobre ti que Curbe recibió de Meta.",
  state: "Estado",
  states: { completed: "Completada", nothing_found: "Completada: no había nada guardado" },
  askedAt: "Solicitada el",
  doneAt: "Completada el",
  code: "Código de confirmación",
  deleted: "Qué se eliminó",
  deletedList: (connections: number, tokens: number) => [
    `Tu identificador de usuario de Meta, guardado con ${count(connections, "conexión", "conexiones")} de WhatsApp que hiciste.`,
    "Los permisos que diste y la lista de números a los que daban acceso.",
    tokens === 0
      ? "Tu clave de acceso ya se destruyó antes, cuando terminó el acceso."
      : `${count(tokens, "clave de acceso", "claves de acceso")} con que Curbe podía actuar por ti en Meta. Lo que conectaste así hay que conectarlo de nuevo.`,
  ],
  nothingFound:
    "No teníamos nada guardado con tu identificador de usuario de Meta, así que no había nada que eliminar.",
  kept: "Qué conservamos y por qué",
  keptList: [
    "Las conversaciones y los contactos: pertenecen a la empresa que usa Curbe. Pídele a esa empresa que los elimine.",
    "El número y el nombre de WhatsApp de la empresa, para que conserve sus conversaciones.",
    "Tu cuenta de Curbe, si tienes una, y lo que se hizo con ella: no se creó con datos de Meta. La empresa que te invitó decide sobre ella.",
    "Este registro de tu solicitud, sin tu identificador de usuario, para demostrar que se cumplió.",
  ],
  operator: "¿Tienes preguntas?",
  writeTo: "Escribe a",
  findContact: (site: string) =>
    `Pregúntale a quien administra ${site}. En Meta, la app aparece en “Apps y sitios web”, donde se indica cómo comunicarte.`,
  quote: "Indica el código de confirmación.",
  unknown: {
    title: "No hay ninguna solicitud con este código",
    text: "Comprueba que la dirección esté completa, tal como te la mostró Meta.",
  },
};
