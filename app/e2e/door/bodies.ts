/** Where a body can be sent, by every spelling that there is of it, and what it is taken for there. */

/** The deliveries' own way first. */
export const bodyTargets = {
  "/webhooks/meta/whatsapp": "delivery",
  "/webhooks/meta/whatsapp/": "delivery",
  "/Webhooks/Meta/WhatsApp": "delivery",
  "/webhooks/meta/whatsapp?a=b": "delivery",
  "/webhooks/../login": "none",
  "/webhooks/meta/deauthorize": "callback",
  "/login": "form",
} as const;
