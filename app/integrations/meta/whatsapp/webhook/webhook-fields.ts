/**
 * Every field of the object `whatsapp_business_account` that is read, with what is lost where our app at Meta is not
 * subscribed to it. The doctor warns of each, and scripts/operate/README.md names them.
 */
export const webhookFields: Record<string, string> = {
  messages: "no customer's message arrives",
  account_update: "bans and removed access go unseen",
  standby: "conversations that Meta's assistant handles are missing",
  message_echoes: "what other apps send on a number is missing",
  messaging_handovers: "nobody sees when a customer asks for a person instead of the assistant",
  smb_message_echoes: "what the business sends from its phone is missing",
  history: "what was said before a number of the WhatsApp Business app was connected is missing",
  smb_app_state_sync: "the names that the business gave its contacts are missing",
  calls: "calls are missing in the conversations",
  user_preferences: "nobody sees who stopped marketing messages",
  group_lifecycle_update: "groups have no names",
  group_settings_update: "groups keep the names that they had before",
  phone_number_name_update: "decisions about a number's name go unseen",
  phone_number_quality_update: "warnings about a number's quality go unseen",
  business_capability_update: "changed limits of an account go unseen",
  security: "changes of a number's PIN go unseen",
};
