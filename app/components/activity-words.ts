import type { ChannelId } from "../integrations/catalog.ts";
import { texts } from "./texts.ts";

/** What a person reads for the kinds of events that read alike on every channel; others stand with the channel. */
const commonWords: Record<string, string> = {
  connected: "Connected",
  reconnected: "Connected again",
  connect_failed: "An attempt to connect ended without a connection",
  number_choice_offered: "Meta confirmed; a number had to be chosen",
  number_awaited: "Meta confirmed; the account had no number yet",
  reach_awaited: "Meta confirmed, and did not tell yet which numbers there are",
  disconnected: "Disconnected",
  deliveries_on: "Meta delivers new messages here",
  deliveries_failed: "Meta did not switch message delivery on",
  deliveries_missing: "Message delivery was off at Meta; we asked for it again",
  deliveries_elsewhere: "Meta sends this number’s messages to another address",
  deliveries_off: "Meta stopped delivering",
  teardown_still_in_use: "Delivery stays on: another number of the account needs it",
  teardown_refused: "Meta no longer lets us switch delivery off",
  teardown_gave_up: "Meta could not be asked to stop delivering",
  deliveries_retried: "Message delivery was asked for again",
  registration_retried: "Registering the number was asked for again",
  access_lost: "Meta ended our access",
  access_recovered: "Meta’s access works again",
  deauthorized: "Whoever connected it took our access back at Meta",
  silence_noticed: "No message for a day, which is unusual here",
  silence_ended: "Messages arrive again",
  token_expiring: "Meta’s access ends soon",
  number_requested: "Another workspace asked for this number",
  partner_added: "The account was shared with us at Meta",
  partner_removed: "The account is no longer shared with us at Meta",
  partner_app_installed: "Our app was added to the account at Meta",
  partner_app_uninstalled: "Our app was removed from the account at Meta",
  account_violation: "Meta says that the account broke one of its rules",
  account_restriction: "Meta changed what the account may do",
  phone_number_quality_update: "Meta told about the number’s quality",
  phone_number_name_update: "Meta decided about the display name",
  security: "Something about the number’s two-step PIN happened at Meta",
  business_capability_update: "Meta told the limits of the account",
  outdated_news: "Meta told of something that was over already",
};

/** The words for each kind of event of a channel. */
export function activityWords(channel: ChannelId): Record<string, string> {
  return { ...commonWords, ...texts.channels[channel].activity };
}

/** A kind that came after these words were written reads as a change. */
export function wordsOfActivity(channel: ChannelId, kind: string): string {
  const words = activityWords(channel);
  return (Object.hasOwn(words, kind) && words[kind]) || "Something changed at Meta";
}
