/** Connecting a number by hand, for admins who debug. */

export const manual = {
  title: "Manual Connect (Admin only)",
  lead: "For debugging: connects with ids and a token that you copy from Meta, without Meta’s window. Meta is asked to confirm them before anything is stored.",
  accessToken: "Access token",
  accessTokenHint: "Stored encrypted and never shown again.",
  submit: "Connect number",
  submitting: "Connecting…",
  cancel: "Back to integrations",
  errors: {
    title: "The number is not connected",
    idMissing: "Enter the ID as Meta shows it.",
    idMalformed: "An ID is digits only. Copy it from Meta as it stands there.",
    tokenMissing: "Enter the access token.",
    tokenMalformed: "That is not a token: it has spaces or is cut off.",
    tokenRejected: "Meta does not accept this token for our app. It may have expired.",
    numberNotInWaba:
      "With this token Meta lists no such number under that account. Its ID is asked for, not the number itself.",
    permissionMissing: "This token lacks a permission that we need to receive and send messages.",
  },
};
