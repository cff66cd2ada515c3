/** Conversations and what is said in them. */
import type { MessageKind } from "../../inbox/message-kinds.ts";
import { count, either } from "./count.ts";

const messageKinds: Record<MessageKind, string> = {
  text: "Message",
  image: "Photo",
  video: "Video",
  audio: "Audio",
  voice: "Voice message",
  document: "Document",
  sticker: "Sticker",
  location: "Location",
  contacts: "Contact card",
  reply: "Reply",
  reaction: "Reaction",
  reaction_removed: "Reaction removed",
  order: "Order",
  template: "Template message",
  system: "Notice",
  edit: "Edited a message",
  revoke: "Deleted a message",
  welcome: "Opened the chat",
  unsupported: "A kind of message that WhatsApp does not share",
  unknown: "Message",
};

export const conversations = {
  title: "Conversations",
  empty: "No conversations yet.",
  emptyConnected: "They start as soon as a customer writes to your number.",
  emptyNotConnected: (labels: string[]) =>
    `Connect ${either(labels)}, and they start as soon as a customer writes to you.`,
  toIntegrations: "Go to Integrations",
  older: "Older conversations",
  newest: "Back to the newest",
  you: "You",
  unknownContact: "Unknown contact",
  numberEnding: "Number ending in",
  listLabel: "Conversations, newest first",
};

export const thread = {
  back: "All conversations",
  earlier: "Earlier messages",
  latest: "Latest messages",
  repliesOff: ([label, ...others]: string[]) =>
    `Replies are off: ${others.length === 0 ? label : "no channel"} is not connected.`,
  repliesOffAction: "Go to Integrations",
  from: { inbound: "From the customer", outbound: "From your business" },
  reactedWith: "Reacted with",
  statuses: {
    received: "Received",
    sent: "Sent",
    delivered: "Delivered",
    read: "Read",
    played: "Played",
    failed: "Not delivered",
  },
  failedBecause: "Meta’s reason:",
  kinds: messageKinds,
  mediaNote: "The file stays at WhatsApp.",
  notYet: "The text of this message has not reached us.",
  items: (items: number) => count(items, "item"),
  empty: "No messages in this conversation yet.",
};
