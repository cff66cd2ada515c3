/** The list of conversations. */
import { either } from "./count.ts";

export const conversations = {
  title: "Conversations",
  empty: "No conversations yet.",
  emptyConnected: "They start as soon as a customer writes to your number.",
  emptyNothingArrives: "Messages are not arriving yet: your number needs attention.",
  emptyNotConnected: (labels: string[]) =>
    `Connect ${either(labels)}, and they start as soon as a customer writes to you.`,
  toIntegrations: "Go to Integrations",
  older: "Older conversations",
  newest: "Back to the newest",
  you: "You",
  /** Before the one of the workspace’s numbers that the customer wrote to. */
  ownNumber: "To your number",
  unknownContact: "Unknown contact",
  group: "Group",
  unnamedGroup: "Unnamed group",
  listLabel: "Conversations, newest first",
  unread: (amount: string) => `${amount} unread`,
  search: "Search by name or number",
  searchAction: "Search",
  searched: (words: string) => `Conversations that match “${words}”, newest first`,
  nothingFound: (words: string) => `No conversation matches “${words}”.`,
  nothingFoundHint: "Part of a name is enough, or at least three digits of a number.",
  noneOlder: "There are no older conversations.",
  showAll: "Show all conversations",
};
