/** Connecting a channel, looking after its numbers, and leaving. */
import { finder, type WindowNotice } from "../shapes.ts";
import { count } from "./count.ts";
import { incidentsOf, reasons, unknownIncident } from "./incidents.ts";

const quoteCode = "Try again. If that does not help, ask us and quote the code.";

/** Why a window of the platform's brought nothing. */
const windowNotices: Record<WindowNotice, string> = {
  not_opened: "The Meta window did not open. Your browser may have blocked it.",
  no_code: "The Meta window ended without the confirmation we need. Nothing was changed.",
  no_answer: "We have not heard from the Meta window. Nothing was changed here yet.",
  no_attempt: "We could not prepare the connection. You can close the Meta window.",
};

/** Beside the button while a window of the platform's is open. */
export const signupWindow = {
  onThisPage: "Continue on this page instead",
  oneMoment: "One moment. This takes a few seconds.",
  notices: windowNotices,
};

export const integrations = {
  activity: "Activity",
  title: "Integrations",
  lead: "The channels your customers write to you on.",
  states: {
    notConnected: "Not connected",
    connected: "Connected",
    starting: "Starting",
    attention: "Needs attention",
    choosing: "Waiting for you",
    connecting: "Connecting",
  },
  youGet: "What you get",
  gains: [
    "Every message to your number arrives here, for the whole team.",
    "Conversations stay with you, even if you disconnect.",
    "You stay in charge: disconnect at any time, from here or from Meta.",
  ],
  youNeed: "What you need",
  beforeLeaving:
    "You continue at Meta and come back here. Messages from before the connection come over only from the app on your phone.",
  connectAgain: "Connect again",
  reconnect: "Reconnect",
  tryAgain: "Try again",
  retrying: "Trying again…",
  retryDeliveries: "Switch message delivery on again",
  startAgain: "Start again",
  connecting: "Connecting…",
  atMeta: "Finish in the Meta window. You can come back to this page.",
  continueAtMeta: "Continue at Meta",
  disconnected: "Disconnected. Your conversations are kept.",
  another: "Connect another number",
  lookAgain: "Look again",
  unread: {
    text: "Meta has confirmed, and has not told us yet which numbers there are. You do not have to sign in again for that.",
    action: "Ask Meta again",
  },
  choosing: {
    text: "Meta has confirmed. Your account has more than one number: choose the one to connect.",
    action: "Choose a number",
  },
  details: {
    name: "Display name",
    since: "Connected since",
    addedOn: "Added on",
    deliveries: "Message delivery",
    approvedName: "Name at Meta",
  },
  deliveries: {
    starting: "Switching on. This takes a few seconds.",
    on: "On. New messages arrive here.",
    /** While something else still keeps messages away. */
    onAlone: "On.",
    failed: "Meta has not switched it on. New messages are not arriving.",
  },
  seeConversations: "Open conversations",
  disconnect: "Disconnect…",
  incidentOf: finder(incidentsOf("", "business app"), unknownIncident),
  reasons,
  reference: "Code to quote:",
  since: "Since",
  steps: {
    title: "What has been done",
    results: { done: "Done", failed: "Failed", waiting: "Not yet", underWay: "Under way" },
    noMessageYet: "No message has arrived yet. Send one to the number to see it arrive.",
    unregistered: "New messages are not arriving until it is.",
    deliveryFailures: {
      override:
        "Meta sends this number’s messages to the address of another provider. Have it give the number up there, then try again.",
      reconnect: "Meta no longer accepts our access to this number. Reconnect to switch it on.",
      permission: "Our access lacks a permission for it. Reconnect and leave every permission switched on.",
      retry_later: "Meta did not answer for a long time. Try again in a few minutes.",
      token_unreadable: "We can no longer open our access to this number. Reconnect to switch it on.",
      tell_tenant: "Meta refuses it for this business. Business Support Home says why.",
    } as Record<string, string>,
    triedOften: "It has been tried as often as Meta allows for now.",
    againOn: "You can try again on",
    otherwise: quoteCode,
  },
  limits: {
    TIER_50: "Up to 50 conversations a day",
    TIER_250: "Up to 250 conversations a day",
    TIER_1K: "Up to 1,000 conversations a day",
    TIER_2K: "Up to 2,000 conversations a day",
    TIER_10K: "Up to 10,000 conversations a day",
    TIER_100K: "Up to 100,000 conversations a day",
    TIER_UNLIMITED: "No limit",
    TIER_NOT_SET: "Not set yet",
  } as Record<string, string>,
  nameDecisions: {
    APPROVED: "Approved",
    DECLINED: "Declined by Meta",
    REJECTED: "Declined by Meta",
    PENDING: "Being reviewed by Meta",
    DEFERRED: "Not decided yet",
  } as Record<string, string>,
  restrictions: {
    ACCOUNT_RESTRICTION: "Meta has restricted what the account may do.",
    ACCOUNT_VIOLATION: "Meta says that the account broke one of its rules.",
    DISABLED_UPDATE: "Meta has changed whether the account may be used.",
    DISABLE: "Meta has disabled the account.",
    SCHEDULE_FOR_DISABLE: "Meta is going to disable the account.",
  } as Record<string, string>,
  restrictedOtherwise: "Meta has told of a restriction:",
  silence: {
    title: "It is unusually quiet.",
    text: "Messages usually come every day. Send one to the number to see whether it arrives. The last one came on",
  },
  ending: {
    title: "Meta’s access to this number ends soon.",
    text: "Reconnect before, and nothing is interrupted. It ends on",
  },
  requested: {
    title: "Another workspace would like to connect this number.",
    text: "Somebody with rights to it at Meta asked. If that is right, disconnect it here; if not, there is nothing to do.",
    since: "Asked on",
  },
  manualLink: "Manual Connect (Admin only)",
};

export const chooseNumber = {
  title: "Choose a number",
  lead: "The account you picked at Meta has several numbers. Which one should receive messages here?",
  unnamed: "No display name",
  account: "Account",
  submit: "Connect this number",
  submitting: "Connecting…",
  later: "Decide later",
  errors: { title: "No number is connected yet", none: "Choose one of the numbers." },
  awaited: {
    title: "No number yet",
    submit: "Look again",
    submitting: "Looking…",
  },
  unread: {
    title: "Meta has not answered yet",
    lead: "You have signed in, and Meta has not told us yet which numbers there are. Asking again needs no new sign-in.",
    submit: "Ask Meta again",
    submitting: "Asking…",
  },
};

export const disconnect = {
  titleOf: "Disconnect this number?",
  stops: "What stops",
  stopsList: [
    "New messages to this number no longer arrive here.",
    "Replies from here are switched off.",
    "Our access at Meta is given up.",
  ],
  noUndo:
    "There is no undoing it from here: connecting again leads through Meta’s window, as the first time. Messages from in between may not come over.",
  stays: "What stays",
  recent: (messages: number, more: boolean) =>
    messages === 0
      ? "None came in the last 30 days."
      : `In the last 30 days ${more ? "more than " : ""}${count(messages, "message")} came.`,
  kept: (conversations: number, messages: number, more: boolean) =>
    `${count(conversations, "conversation")} with ${more ? "more than " : ""}${count(messages, "message")}`,
  staysText: "You can read them as before, and they continue when you connect the number again.",
  submit: "Disconnect number",
  submitting: "Disconnecting…",
  keep: "Keep it connected",
};
