/** Connecting a number by hand, for admins who debug. */

export const manual = {
  title: "Conexión manual (solo administradores)",
  lead: "Para investigar fallas: conecta con identificadores y un token que copias de Meta, sin la ventana de Meta. Antes de guardar nada, se le pide a Meta que los confirme.",
  accessToken: "Token de acceso",
  accessTokenHint: "Se guarda cifrado y no se vuelve a mostrar.",
  submit: "Conectar número",
  submitting: "Conectando…",
  cancel: "Volver a Integraciones",
  errors: {
    title: "El número no está conectado",
    idMissing: "Escribe el identificador tal como lo muestra Meta.",
    idMalformed: "Un identificador lleva solo dígitos. Cópialo de Meta tal como aparece.",
    tokenMissing: "Escribe el token de acceso.",
    tokenMalformed: "Eso no es un token: tiene espacios o está cortado.",
    tokenRejected: "Meta no acepta este token para nuestra app. Es posible que haya vencido.",
    numberNotInWaba:
      "Con este token, Meta no muestra ese número en esa cuenta. Se pide su identificador, no el número mismo.",
    permissionMissing: "A este token le falta un permiso que necesitamos para recibir y enviar mensajes.",
  },
};
