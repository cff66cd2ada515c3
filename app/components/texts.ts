/**
 * Every word a person reads. A second language is a second object of the type of `texts`: a missing key does not
 * compile. The browser gets this file, so besides types it imports names only. What a channel says in words of its own
 * stands in `texts.channels`; where only its name differs, the name is put in.
 */

import type { MessageKind } from "../inbox/message-kinds.ts";
import { type ChannelId, channels } from "../integrations/catalog.ts";
import type { ConnectionErrorCode, ReasonCode } from "../integrations/errors.ts";
import type { ConnectStep } from "../integrations/steps.ts";
import type { FlashCode } from "../web/flash.server.ts";
import type { Trouble as WindowTrouble } from "./signup-window.ts";

interface Explained {
  title: string;
  text: string;
}

const reasons: Record<ReasonCode, Explained> = {
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

interface Trouble {
  title: string;
  effect: string;
  action: string;
  /** True where a reconnect is what helps; otherwise it is offered beside what does. */
  reconnectHelps: boolean;
}

const nothingWorks = "New messages are not arriving, and replies are off.";
const reconnect = "Reconnect to start receiving again. Your conversations stay as they are.";

/** `name` stands before “account”, a channel's with a space after it. */
const troublesOf = (name: string, businessApp: string): Record<ConnectionErrorCode, Trouble> => ({
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
});

/** For a cause that has no words of its own yet. */
const unknownTrouble: Trouble = {
  title: "Meta ended our access to this number.",
  effect: nothingWorks,
  action: reconnect,
  reconnectHelps: true,
};

/** The words for a code, whatever it is: older and newer versions of the server may name causes of their own. */
function finder(troubles: Record<ConnectionErrorCode, Trouble>): (code: string) => Trouble {
  return (code) => (Object.hasOwn(troubles, code) ? troubles[code as ConnectionErrorCode] : unknownTrouble);
}

/** What each channel says in words of its own. */
interface OwnWords {
  needs: string[];
  /** Where a number is added, and what to expect then. */
  addNumber: string;
  /** Where the business looks after its accounts and numbers. */
  manager: string;
  /** The app on a phone that a number may also live in. */
  businessApp: string;
  /** Why a number was not registered, by code. */
  registrationRefusals: Record<string, string>;
  manual: Record<"wabaId" | "wabaIdHint" | "phoneNumberId" | "phoneNumberIdHint", string>;
}

/** All words of a channel. `label` is its name. */
export function channelTexts(label: string, own: OwnWords) {
  return {
    ...own,
    label,
    about: `Answer your customers’ ${label} messages here.`,
    connect: `Connect ${label}`,
    nowConnected: `${label} is connected.`,
    awaiting: `Meta has confirmed, and the account has no number yet. ${own.addNumber}.`,
    reasons: {
      ...reasons,
      no_number: {
        title: `The account you picked has no ${label} number we can connect.`,
        text: `Nothing was changed. Add a number in ${own.manager}, or pick another account, then try again.`,
      },
    } satisfies Record<ReasonCode, Explained>,
    troubleOf: finder(troublesOf(`${label} `, own.businessApp)),
    steps: { ...stepNames, number_registered: `Number registered at ${label}` },
    unregistered: `${label} did not register this number.`,
    quality: {
      title: "Meta has flagged the quality of this number.",
      text: `People blocked or reported its messages. ${own.manager} shows the details. Told on`,
    },
    restrictionText: `${own.manager} says how it stands now. Told on`,
    activityLead: `What happened to your ${label} connections.`,
    activity: {
      number_registered: `The number was registered at ${label}`,
      registration_failed: `${label} did not register the number`,
      account_deleted: `The ${label} account was deleted at Meta`,
      account_disabled: `Meta disabled the ${label} account`,
      account_disable_scheduled: `Meta is going to disable the ${label} account`,
      account_reinstated: `Meta lifted its ban of the ${label} account`,
      account_ban_update: `Meta reconsidered the ${label} account`,
      account_offboarded: `The ${own.businessApp} started to move to another phone`,
      account_reconnected: `The ${own.businessApp} is back`,
    } as Record<string, string>,
    numberLegend: `${label} number`,
    numberAwaited: `Meta has confirmed, and the account you picked has no number we can connect. ${own.addNumber} here.`,
    disconnectTitle: `Disconnect ${label}`,
    numberStays: `The number itself stays registered at ${label}.`,
  };
}

export type ChannelTexts = ReturnType<typeof channelTexts>;

/** As a thing that was done; beside it stands whether it was. */
const stepNames: Record<ConnectStep, string> = {
  state_checked: "Meta’s answer matched to your attempt",
  code_exchanged: "Access given by Meta",
  access_seen: "Permissions checked",
  account_found: "Account found",
  number_proved: "Number proved and connected",
  deliveries_on: "Message delivery switched on",
  number_registered: "Number registered",
  first_event_seen: "First message or receipt seen",
};

const quoteCode = "Try again. If that does not help, ask us and quote the code.";

const channelWords: Record<ChannelId, ChannelTexts> = {
  whatsapp: channelTexts(channels.whatsapp.label, {
    needs: [
      "A Meta business account that you manage.",
      "A phone number on WhatsApp Business Platform.",
      "About 5 minutes.",
    ],
    addNumber: "Add one in WhatsApp Manager; it can take some minutes to appear",
    manager: "WhatsApp Manager",
    businessApp: "WhatsApp Business app",
    registrationRefusals: {
      pin_mismatch:
        "It has a two-step PIN from an earlier provider. Turn two-step verification off in WhatsApp Manager, then try again.",
      verify_again: "It must be verified again in WhatsApp Manager. Do that, then try again.",
      too_many_attempts: "It was tried too often. WhatsApp allows the next try after 72 hours.",
      deleted_recently: "It was deleted at WhatsApp a moment ago. Wait a few minutes, then try again.",
      account_locked: "Meta has locked the account. Its support in Business Manager can open it.",
    },
    manual: {
      wabaId: "WhatsApp Business Account ID",
      wabaIdHint: "In WhatsApp Manager, under Account information.",
      phoneNumberId: "Phone number ID",
      phoneNumberIdHint: "Meta’s id of the number, not the number itself.",
    },
  }),
};

/** Why a window of the platform's brought nothing. */
const windowTroubles: Record<WindowTrouble, string> = {
  not_opened: "The Meta window did not open. Your browser may have blocked it.",
  no_code: "The Meta window ended without the confirmation we need. Nothing was changed.",
  no_answer: "We have not heard from the Meta window. Nothing was changed here yet.",
  no_attempt: "We could not prepare the connection. You can close the Meta window.",
};

const flashes: Record<FlashCode, string> = {
  disconnected: "Disconnected. Your conversations are kept.",
  nothing_to_disconnect: "There was nothing left to disconnect.",
};

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

export const texts = {
  product: "Curbe",
  channels: channelWords,
  skipToContent: "Skip to content",
  nav: {
    label: "Main",
    workspace: "Workspace",
    integrations: "Integrations",
    conversations: "Conversations",
    signOut: "Sign out",
    signingOut: "Signing out…",
    signedInAs: "Signed in as",
  },
  flashes,
  trouble: {
    label: "Needs attention",
    several: (numbers: number) => `${count(numbers, "number")} need attention.`,
    since: "Since",
    see: "See what to do",
  },
  login: {
    title: "Sign in",
    lead: "Your customers’ WhatsApp, in one place for your whole team.",
    email: "E-mail",
    password: "Password",
    submit: "Sign in",
    submitting: "Signing in…",
    signedOut: "You are signed out.",
    errors: {
      title: "You are not signed in yet",
      emailMissing: "Enter your e-mail address.",
      passwordMissing: "Enter your password.",
      wrong: "The e-mail or the password is not right.",
      tooMany: (minutes: number) =>
        minutes <= 1
          ? "Too many attempts. Wait a minute, then try again."
          : `Too many attempts. Wait ${minutes} minutes, then try again.`,
    },
  },
  /** Beside the button while a window of the platform's is open. */
  signupWindow: {
    onThisPage: "Continue on this page instead",
    oneMoment: "One moment. This takes a few seconds.",
    troubles: windowTroubles,
  },
  integrations: {
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
      "You continue at Meta and come back here. Messages from before the connection do not come over.",
    connectAgain: "Connect again",
    reconnect: "Reconnect",
    tryAgain: "Try again",
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
      number: "Number",
      name: "Display name",
      since: "Connected since",
      deliveries: "Message delivery",
      approvedName: "Name at Meta",
      limit: "Sending limit",
    },
    checkAgain: "Check again",
    deliveries: {
      starting: "Switching on. This takes a few seconds.",
      on: "On. New messages arrive here.",
      failed: "Meta has not switched it on. New messages are not arriving.",
    },
    seeConversations: "Open conversations",
    disconnect: "Disconnect…",
    troubleOf: finder(troublesOf("", "business app")),
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
        tell_tenant: "Meta refuses it for this business. Business Support Home says why.",
      } as Record<string, string>,
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
  },
  activity: {
    link: "Activity",
    title: "Activity",
    back: "Integrations",
    listLabel: "Changes, newest first",
    automatic: "Curbe or Meta",
    empty: "Nothing has happened yet.",
    stoppedAt: "Stopped at:",
    older: "Earlier changes",
    newest: "Back to the newest",
  },
  number: {
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
  },
  disconnect: {
    titleOf: "Disconnect this number?",
    stops: "What stops",
    stopsList: [
      "New messages to this number no longer arrive here.",
      "Replies from here are switched off.",
      "Our access at Meta is given up.",
    ],
    stays: "What stays",
    kept: (conversations: number, messages: number) =>
      `${count(conversations, "conversation")} with ${count(messages, "message")}`,
    staysText: "You can read them as before, and they continue when you connect the number again.",
    submit: "Disconnect number",
    submitting: "Disconnecting…",
    keep: "Keep it connected",
  },
  manual: {
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
      idMalformed: "An ID is digits only, without spaces or a plus sign.",
      tokenMissing: "Enter the access token.",
      tokenMalformed: "That is not a token: it has spaces or is cut off.",
      tokenRejected: "Meta does not accept this token for our app. It may have expired.",
      numberNotInWaba: "With this token Meta lists no such number under that account.",
      permissionMissing: "This token lacks a permission that we need to receive and send messages.",
    },
  },
  conversations: {
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
  },
  thread: {
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
  },
  deletion: {
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
  },
  errors: {
    notFound: {
      title: "There is no such page",
      text: "The address may be wrong, or what was here belongs to another workspace.",
    },
    broken: {
      title: "Something failed on our side",
      text: "Your data is safe and nothing you did caused it. Try again in a moment.",
    },
    refused: {
      title: "That request cannot be answered here",
      text: "Go back to the page you came from and try again.",
    },
    home: "Go to Integrations",
    retry: "Try again",
    requestId: "Code to quote if you ask us about it:",
  },
} as const;

function either(labels: string[]): string {
  return new Intl.ListFormat("en", { type: "disjunction" }).format(labels);
}

function count(amount: number, noun: string): string {
  return `${amount.toLocaleString("en")} ${noun}${amount === 1 ? "" : "s"}`;
}
