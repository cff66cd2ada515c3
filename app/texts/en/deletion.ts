/** What somebody reads who asked Meta to have their data deleted. */
import { count } from "./count.ts";

export const deletion = {
  title: "Your request to delete data",
  lead: "You asked Meta to have the data deleted that Curbe got about you from Meta.",
  state: "State",
  states: { completed: "Completed", nothing_found: "Completed: nothing was stored" },
  askedAt: "Asked on",
  doneAt: "Completed on",
  code: "Confirmation code",
  deleted: "What has been deleted",
  deletedList: (connections: number, tokens: number) => [
    `Your user ID from Meta, stored with ${count(connections, "WhatsApp connection")} that you made.`,
    "The permissions you gave, and the list of numbers they reached.",
    tokens === 0
      ? "Your access token was destroyed before, when the access ended."
      : `${count(tokens, "access token")} that let Curbe act for you at Meta. What you connected with it has to be connected again.`,
  ],
  nothingFound: "We had stored nothing under your user ID from Meta, so there was nothing to delete.",
  kept: "What we keep, and why",
  keptList: [
    "Conversations and contacts: they belong to the business that uses Curbe. Ask that business to delete them.",
    "The business’s WhatsApp number and name, so that it keeps its conversations.",
    "Your Curbe account, if you have one, and what was done with it: it was not made from Meta’s data. The business that invited you decides about it.",
    "This record of your request, without your user ID, to prove that it was done.",
  ],
  operator: "Questions?",
  writeTo: "Write to",
  findContact: (site: string) =>
    `Ask whoever runs ${site}. At Meta, the app’s entry under Apps and websites names how to reach them.`,
  quote: "Quote the confirmation code.",
  unknown: {
    title: "There is no request with this code",
    text: "Check that the address is complete, as Meta showed it to you.",
  },
};
