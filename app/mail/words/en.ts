/** What e-mails say, in English. The causes are those of the cards, said to somebody who is not looking at one. */
import type { Cause, Causes } from "./index.ts";

const nothingWorks = "New messages are not arriving, and replies are off.";
const mayBeMissing = "Replies are off, and new messages may be missing.";
const stays = "Your conversations stay as they are.";
const reconnect = `Reconnect the number to start receiving again. ${stays}`;

const causesOf = (channel: string): Causes => ({
  access_removed: {
    what: "Our access to this number was removed at Meta.",
    effect: nothingWorks,
    action: reconnect,
  },
  account_deleted: {
    what: `The ${channel} account of this number was deleted at Meta.`,
    effect: nothingWorks,
    action: `Reconnect the number and pick another account for it. ${stays}`,
  },
  account_disabled: {
    what: `Meta has disabled the ${channel} account of this number.`,
    effect: nothingWorks,
    action:
      "Ask Meta for a review in Business Support Home. When Meta lifts it, the number continues here by itself.",
  },
  offboarded: {
    what: `The ${channel} Business app of this number is moving to another phone.`,
    effect: "Replies are off until it is done, and new messages may be missing.",
    action: `Finish the move in the ${channel} Business app. The number then continues here by itself.`,
  },
  deauthorized: {
    what: "The person who connected this number took our access back.",
    effect: nothingWorks,
    action: reconnect,
  },
  token_rejected: {
    what: "Meta no longer accepts our access to this number.",
    effect: nothingWorks,
    action: reconnect,
  },
  token_unreadable: {
    what: "We can no longer open our access to this number.",
    effect: "Replies are off, and what needs setting up at Meta waits.",
    action: `Reconnect the number to give it anew. ${stays}`,
  },
  token_expired: {
    what: "Our access to this number has run out.",
    effect: "Replies are off, and new messages may stop arriving.",
    action: `Reconnect the number to renew it. ${stays}`,
  },
  permission_lost: {
    what: "A permission we need for this number was taken away at Meta.",
    effect: nothingWorks,
    action: `Reconnect the number and leave every permission switched on. ${stays}`,
  },
  incomplete: {
    what: "Something is missing from the connection of this number.",
    effect: mayBeMissing,
    action: `Reconnect the number to complete it. ${stays}`,
  },
  number_taken: {
    what: "This number is already connected to another workspace.",
    effect: nothingWorks,
    action: `Disconnect it there first, then reconnect it here. ${stays}`,
  },
  status_unknown: {
    what: "We do not know whether this number is still connected.",
    effect: mayBeMissing,
    action: `Reconnect the number to be sure. ${stays}`,
  },
});

/** For a cause that has no words of its own. */
const otherwise: Cause = {
  what: "Meta ended our access to this number.",
  effect: nothingWorks,
  action: reconnect,
};

export const english = {
  /** Day before month and a clock of 24 hours, as on the pages. */
  locale: "en-GB",
  causesOf,
  otherwise,
  lost: {
    subject: (channel: string, number: string) => `Your ${channel} number ${number} needs attention`,
    title: (number: string) => `${number} needs attention`,
  },
  expiring: {
    subject: (channel: string, number: string, date: string) =>
      `Reconnect your ${channel} number ${number} before ${date}`,
    title: (number: string) => `Our access to ${number} ends soon`,
    cause: {
      what: "Meta grants access for a limited time, and that of this number is about to run out.",
      effect: "Everything still works. When the access ends, new messages stop arriving and replies are off.",
      action: `Reconnect the number before then to renew it. ${stays}`,
    } satisfies Cause,
  },
  /** Where a number is not known by its digits. */
  aNumber: "(number unknown)",
  since: "Since",
  until: "Ends",
  open: "Open Integrations",
  account: {
    sign_in_failures: {
      subject: "Many failed attempts to sign in to your account",
      cause: {
        what: "More than 50 times in a day somebody tried to sign in with your address and a wrong password.",
        effect:
          "Such attempts are slowed down. You can sign in as usual, most surely on a device that you have used before.",
        action:
          "If that was not you: your password still protects the account. Change it if you use it anywhere else or somebody may know it.",
      } satisfies Cause,
      when: "Noticed",
      open: "Open your account",
    },
    password_changed: {
      subject: "Your password was changed",
      cause: {
        what: "The password of your account on Curbe was changed.",
        effect: "All other sessions that were open have been ended.",
        action: "If that was not you, set a new password now, and tell the people who run Curbe for you.",
      } satisfies Cause,
      when: "Changed",
      open: "Set a new password",
    },
    password_reset: {
      subject: "Set a new password",
      cause: {
        what: "Somebody asked to set a new password for your account on Curbe.",
        effect: "The link below does it, once.",
        action: "If that was not you, do nothing: your password stays as it is.",
      } satisfies Cause,
      when: "The link is good until",
      open: "Set a new password",
    },
    why: "You get this e-mail because you have an account on Curbe.",
  },
  why: (workspace: string) => `You get this e-mail because you are an admin of ${workspace} on Curbe.`,
};
