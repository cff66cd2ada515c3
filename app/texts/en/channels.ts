/** What each channel says in words of its own; where only its name differs, the name is put in. */
import { type ChannelId, channels } from "../../integrations/catalog.ts";
import type { ConnectStep } from "../../integrations/connect/setup-steps.ts";
import { finder, type OwnWords, type Reasons } from "../shapes.ts";
import { incidentsOf, reasons, unknownIncident } from "./incidents.ts";

/** All words of a channel. `label` is its name. */
export function channelTexts(label: string, own: OwnWords) {
  return {
    ...own,
    label,
    about: `Answer your customers’ ${label} messages here.`,
    connect: `Connect ${label}`,
    nowConnected: `${label} is connected.`,
    nowStarting: "Meta has confirmed. The number is being set up.",
    awaiting: `Meta has confirmed, and the account has no number yet. ${own.addNumber}.`,
    reasons: {
      ...reasons,
      no_number: {
        title: `The account you picked has no ${label} number we can connect.`,
        text: `Nothing was changed. Add a number in ${own.manager}, or pick another account, then try again.`,
      },
    } satisfies Reasons,
    incidentOf: finder(incidentsOf(`${label} `, own.businessApp), unknownIncident),
    steps: { ...stepNames, number_registered: `Number registered at ${label}` },
    unregistered: `${label} did not register this number.`,
    quality: {
      title: "Meta has flagged the quality of this number.",
      text: `People blocked or reported its messages. ${own.manager} shows the details. Told on`,
    },
    agent: {
      title: "Meta’s assistant answers on this number.",
      text: "Its conversations stand in your inbox too. It last took part in one on",
    },
    restrictionText: `${own.manager} says how it stands now. Told on`,
    activityLead: `What happened to your ${label} connections.`,
    activity: {
      number_registered: `The number was registered at ${label}`,
      registration_missing: `The number was no longer registered at ${label}; we asked for it again`,
      registration_failed: `${label} did not register the number`,
      account_deleted: `The ${label} account was deleted at Meta`,
      account_disabled: `Meta disabled the ${label} account`,
      account_disable_scheduled: `Meta is going to disable the ${label} account`,
      account_reinstated: `Meta lifted its ban of the ${label} account`,
      account_ban_update: `Meta reconsidered the ${label} account`,
      account_offboarded: `The ${own.businessApp} started to move to another phone`,
      account_reconnected: `The ${own.businessApp} is back`,
    },
    phoneApp: {
      use: `I use the ${own.businessApp}`,
      hint: "The app keeps working with the same number. Your names for people and your earlier conversations come over, if you agree at Meta.",
    },
    history: {
      title: "Earlier conversations",
      percent: (percent: number) => `${percent}% have arrived`,
      states: {
        asked: `We have asked for the conversations of the ${own.businessApp}. It can take some hours until they arrive.`,
        arriving: "The rest follows by itself. New messages arrive meanwhile.",
        complete: `The conversations of the ${own.businessApp} have arrived, with your names for people.`,
        declined: `The ${own.businessApp} does not share them. New messages arrive all the same. To bring the earlier ones over, connect the number again and agree to share chats when Meta asks.`,
        too_late:
          "Meta gives them only within a day of connecting, and that day is over. New messages arrive all the same. To bring the earlier ones over, connect the number again.",
        refused:
          "Meta did not give them to us. New messages arrive all the same. To ask once more, connect the number again.",
      },
    },
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
  number_proved: "Number verified",
  deliveries_on: "Message delivery switched on",
  number_registered: "Number registered",
  first_event_seen: "First message or receipt seen",
};

export const channelWords: Record<ChannelId, ChannelTexts> = {
  meta_whatsapp: channelTexts(channels.meta_whatsapp.label, {
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
      too_many_attempts: "It was tried too often: WhatsApp locks a number after ten tries in 72 hours.",
      deleted_recently: "It was deleted at WhatsApp a moment ago. Wait a few minutes, then try again.",
      token_unreadable: "We can no longer open our access to it. Reconnect the number.",
      pin_unreadable:
        "We can no longer open its two-step PIN. Turn two-step verification off in WhatsApp Manager, then try again.",
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
