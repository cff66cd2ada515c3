/** What is said in a conversation. */
import type { ChannelId } from "../../integrations/catalog.ts";
import type { MessageKind, OutsideSender } from "../../integrations/message.ts";
import { count } from "./count.ts";

const messageKinds: Record<Exclude<MessageKind, "unsupported">, string> = {
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
  form: "Filled in a form",
  call_allowed: "Allowed calls from your business",
  call_refused: "Declined calls from your business",
  reaction: "Reaction",
  reaction_removed: "Reaction removed",
  order: "Order",
  template: "Template message",
  system: "Notice",
  number_changed: "The customer now uses another number",
  identity_changed: "The customer’s security code changed, as it does with a new phone",
  edit: "Edited a message",
  revoke: "Deleted a message",
  deleted: "This message was deleted",
  welcome: "Opened the chat",
  call_from_customer: "The customer called",
  call_from_business: "Your business called",
  call_missed: "Missed call",
  call_unanswered: "Your business called, and nobody answered",
  call_declined: "Your business called, and the customer declined",
  person_wanted: "Asked for a person",
  person_took_over: "A person took over from the assistant",
  agent_took_over: "The assistant took over",
  handed_over: "The conversation was handed over",
  marketing_stopped: "The customer no longer wants marketing messages",
  marketing_resumed: "The customer wants marketing messages again",
  marketing_wanted: "The customer signed up for marketing messages",
  preference: "The customer changed what they want to receive",
  old_media: "A photo, video or file from before this number was connected",
  other: "A kind of message that is new here",
  unknown: "Message",
};

export interface ThreadChannelWords {
  /** A kind of message that the platform keeps to itself. */
  unsupported: string;
  /** What it is where only the reason is told, by the platform’s code. */
  withheld: Record<string, string>;
  /** What the platform calls kinds of messages that have no words of their own here. */
  names: Record<string, string>;
  mediaNote: string;
  /** Who sent an outbound message when it was not sent from here. */
  sentBy: Record<OutsideSender, string>;
  /** Before the platform’s own words, where there are none of ours. */
  failedBecause: string;
  /** Why a message was not delivered, by the platform’s code. */
  failures: Record<string, string>;
}

const channelWords: Record<ChannelId, ThreadChannelWords> = {
  meta_whatsapp: {
    unsupported: "A kind of message that WhatsApp does not share",
    withheld: {
      "131051": "A kind of message that WhatsApp does not share",
      "131052": "A file that WhatsApp could not fetch: ask the customer to send it again",
      "131060": "A message that WhatsApp could not deliver here: ask the customer to send it again",
    },
    names: {
      edit: "an edited message",
      poll: "a poll",
      "poll creation": "a poll",
      "poll update": "a vote in a poll",
      "group invite": "an invitation to a group",
      pin: "a pinned message",
      "pin message": "a pinned message",
      "view once": "a photo or video to be seen once",
      "live location": "a live location",
      event: "an event",
      "payment method": "a way to pay",
    },
    mediaNote: "The file stays at WhatsApp.",
    sentBy: {
      business_app: "Your phone",
      agent: "Meta’s assistant",
      other_app: "Another app",
    },
    failedBecause: "Meta’s reason:",
    failures: {
      "130429": "too many messages were sent at once",
      "130472": "WhatsApp holds back marketing messages to this person",
      "130497": "WhatsApp does not let your business write to people in this country",
      "131026": "this number cannot receive it: it may not be on WhatsApp, or use an old version of it",
      "131031": "WhatsApp has locked the account of your business",
      "131042": "something is wrong with the payment method of your WhatsApp account",
      "131047": "more than 24 hours have passed since the customer last wrote",
      "131048": "WhatsApp limits your number, because people reported or blocked it",
      "131049": "WhatsApp did not deliver it, so that people do not get too many marketing messages",
      "131050": "the customer does not want marketing messages from you",
      "131051": "this kind of message cannot be sent",
      "131053": "the file could not be used",
      "131056": "too many messages were sent to this person in a short time",
      "132001": "this template does not exist in that language",
      "132015": "this template is paused, because people did not like it",
    },
  },
};

export const thread = {
  back: "All conversations",
  earlier: "Earlier messages",
  latest: "Latest messages",
  repliesOff: ([label, ...others]: string[]) =>
    `Replies are off: ${others.length === 0 ? label : "no channel"} is not connected.`,
  repliesOffHere: "Replies are off: the number of this conversation is not connected.",
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
  /** Of a message to a group. */
  cameTo: {
    delivered: (people: number) => `Delivered to ${count(people, "person", "people")}`,
    read: (people: number) => `Read by ${count(people, "person", "people")}`,
  },
  kinds: messageKinds,
  channels: channelWords,
  notYet: "The text of this message has not reached us.",
  total: "Total",
  more: (amount: number) => `and ${amount.toLocaleString("en")} more`,
  leftOut: (amount: number) => `Left out here: ${count(amount, "more thing")}`,
  yes: "Yes",
  no: "No",
  birthday: "Birthday",
  adGreeting: "Greeting",
  product: (name: string) => `About the product ${name}`,
  forwarded: { once: "Forwarded", often: "Forwarded many times" },
  edited: "Edited",
  fromAd: "Came from an advertisement or post",
  /** Before what the platform’s assistant tells of a conversation. */
  summary: "The assistant sums up:",
  marketing: { wanted: "Wants marketing messages", unwanted: "Does not want marketing messages" },
  openMap: "Open the map",
  reactionOf: { inbound: "Reaction of the customer:", outbound: "Reaction of your business:" },
  inReplyTo: { inbound: "In reply to the customer:", outbound: "In reply to your business:" },
  quoteMissing: "About a message that has not reached us",
  newMessages: (amount: number) => count(amount, "new message"),
  empty: "No messages in this conversation yet.",
};
