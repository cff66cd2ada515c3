/** A person's own account: its password, its sessions, and a password that was forgotten. */
import { count } from "./count.ts";

export const account = {
  own: {
    title: "Your account",
    unchanged: "Your password was not changed",
    change: {
      title: "Change your password",
      lead: "This signs you out in every other browser.",
      current: "Current password",
      currentMissing: "Enter your current password.",
      currentWrong: "That is not your current password.",
      submit: "Change password",
      submitting: "Changing…",
    },
    sessions: {
      title: "Other sessions",
      others: (sessions: number) =>
        sessions === 0
          ? "You are signed in nowhere but here."
          : `You are signed in here and in ${count(sessions, "other browser")}.`,
      end: "Sign out everywhere else",
      ending: "Signing out…",
    },
  },
  newPassword: {
    label: "New password",
    hint: "At least 8 characters, better 15 or more. Several words are easy to remember.",
    problems: {
      missing: "Enter a new password.",
      same: "That is your current password. Choose another.",
      too_short: "The password needs at least 8 characters.",
      too_long: "The password may have at most 128 characters.",
      too_common: "That password is one of the first that anybody would try. Choose another.",
    },
  },
  forgot: {
    title: "Forgot your password?",
    lead: "Enter your address. We send you a link to set a new password.",
    submit: "Send the link",
    submitting: "Sending…",
    notAsked: "No link was sent",
    asked: {
      title: "Check your e-mail",
      text: "If somebody has an account with that address, a link is on its way. It can be used once, within 30 minutes, and the latest one counts. Check your spam folder, too.",
    },
    operator: {
      text: "E-mails are not set up here. Ask the people who run Curbe for you to set a new password.",
      command: "They do it with the command",
    },
    back: "Back to signing in",
  },
  reset: {
    title: "Set a new password",
    lead: "You are signed out everywhere, and sign in with the new one.",
    unchanged: "Your password was not changed",
    submit: "Set password",
    submitting: "Setting…",
    closed: {
      title: "This link can no longer be used",
      text: "A link can be used once and within 30 minutes, and asking for a new one ends the one before.",
      again: "Ask for a new link",
    },
  },
};
