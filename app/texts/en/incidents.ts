/** What ended an attempt to connect, and what is wrong with a number. */
import type { Incidents, IncidentWords, Reasons } from "../shapes.ts";

export const reasons: Reasons = {
  cancelled: {
    title: "Connection cancelled or failed. Try again.",
    text: "Nothing was changed. When you try again, finish every step in the Meta window.",
  },
  number_taken: {
    title: "This number is already connected to another workspace.",
    text: "Nothing was changed. Disconnect it there first, or connect a different number.",
  },
  state_invalid: {
    title: "We could not match Meta’s answer to an attempt of yours.",
    text: "Nothing was changed. Start again from this page, in this browser.",
  },
  state_expired: {
    title: "The attempt took longer than 10 minutes, so we stopped it.",
    text: "Nothing was changed. Start again; it takes about 5 minutes.",
  },
  state_used: {
    title: "That attempt was already finished.",
    text: "If a number shows as connected below, all is well. If not, start again.",
  },
  code_rejected: {
    title: "Meta took back its confirmation before we could use it.",
    text: "Nothing was changed. Confirmations last only seconds: start again and it should work.",
  },
  permission_missing: {
    title: "A permission we need was switched off in the Meta window.",
    text: "Without it messages cannot reach you here. Try again and leave every permission switched on.",
  },
  no_number: {
    title: "The account you picked has no number we can connect.",
    text: "Nothing was changed. Add a number to it, or pick another account, then try again.",
  },
  meta_unavailable: {
    title: "Meta is not answering right now.",
    text: "Nothing was changed. Try again in a few minutes.",
  },
  choice_expired: {
    title: "Your list of numbers is no longer open.",
    text: "Nothing was changed. Start again to see your numbers.",
  },
  account_restricted: {
    title: "Meta has restricted the account you picked.",
    text: "Nothing was changed. Meta’s Business Support Home says why. Connect when the account is open again, or pick another.",
  },
};

const nothingWorks = "New messages are not arriving, and replies are off.";
const mayBeMissing = "Replies are off, and new messages may be missing.";
const reconnect = "Reconnect to start receiving again. Your conversations stay as they are.";

/** `name` stands before “account”, a channel's with a space after it. */
export const incidentsOf = (name: string, businessApp: string): Incidents => ({
  access_removed: {
    title: "Our access to this number was removed at Meta.",
    effect: nothingWorks,
    action: reconnect,
    reconnectHelps: true,
  },
  account_deleted: {
    title: `The ${name}account of this number was deleted at Meta.`,
    effect: nothingWorks,
    action: "Reconnect and pick another account for it. Your conversations stay as they are.",
    reconnectHelps: true,
  },
  account_disabled: {
    title: `Meta has disabled the ${name}account of this number.`,
    effect: nothingWorks,
    action:
      "Ask Meta for a review in Business Support Home. When Meta lifts it, this number continues here by itself.",
    reconnectHelps: false,
  },
  offboarded: {
    title: `The ${businessApp} of this number is moving to another phone.`,
    effect: "Replies are off until it is done, and new messages may be missing.",
    action: `Finish the move in the ${businessApp}. It usually continues here by itself within minutes.`,
    reconnectHelps: false,
  },
  deauthorized: {
    title: "The person who connected this number took our access back.",
    effect: nothingWorks,
    action: reconnect,
    reconnectHelps: true,
  },
  token_rejected: {
    title: "Meta no longer accepts our access to this number.",
    effect: nothingWorks,
    action: reconnect,
    reconnectHelps: true,
  },
  token_unreadable: {
    title: "We can no longer open our access to this number.",
    effect: "Replies are off, and what needs setting up at Meta waits.",
    action: "Reconnect to give it anew. Your conversations stay as they are.",
    reconnectHelps: true,
  },
  token_expired: {
    title: "Our access to this number has run out.",
    effect: "Replies are off, and new messages may stop arriving.",
    action: "Reconnect to renew it. Your conversations stay as they are.",
    reconnectHelps: true,
  },
  permission_lost: {
    title: "A permission we need for this number was taken away at Meta.",
    effect: nothingWorks,
    action: "Reconnect and leave every permission switched on. Your conversations stay as they are.",
    reconnectHelps: true,
  },
  incomplete: {
    title: "Something is missing from the connection of this number.",
    effect: mayBeMissing,
    action: "Reconnect to complete it. Your conversations stay as they are.",
    reconnectHelps: true,
  },
  number_taken: {
    title: "This number is already connected to another workspace.",
    effect: nothingWorks,
    action: "Disconnect it there first, then reconnect it here. Your conversations stay as they are.",
    reconnectHelps: false,
  },
  status_unknown: {
    title: "We do not know whether this number is still connected.",
    effect: mayBeMissing,
    action: "Reconnect to be sure. Your conversations stay as they are.",
    reconnectHelps: true,
  },
});

/** For a cause that has no words of its own yet. */
export const unknownIncident: IncidentWords = {
  title: "Meta ended our access to this number.",
  effect: nothingWorks,
  action: reconnect,
  reconnectHelps: true,
};
