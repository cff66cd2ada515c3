/** The frame around every page, signing in, and what is shown when there is no page. */
import type { NoticeCode } from "../shapes.ts";
import { count } from "./count.ts";

export const notices: Record<NoticeCode, string> = {
  disconnected: "Disconnected. Your conversations are kept.",
  nothing_to_disconnect: "There was nothing left to disconnect.",
  replay_begun: "Opened again. What reaches nobody this time stays in quarantine.",
  replay_begun_in_part: "The first part is opened again. There is more: go on below.",
  nothing_to_replay: "Nothing of this is in quarantine any more.",
  nothing_selected: "No item was selected, so nothing was opened again.",
  password_changed: "Your password is changed.",
  sessions_ended: "You are signed out everywhere else.",
};

export const nav = {
  label: "Main",
  workspace: "Workspace",
  integrations: "Integrations",
  conversations: "Conversations",
  operations: "Operations",
  account: "Your account",
  signOut: "Sign out",
  signingOut: "Signing out…",
  signedInAs: "Signed in as",
};

export const incidents = {
  label: "Needs attention",
  several: (numbers: number) => count(numbers, "number"),
  since: "Since",
  see: "See what to do",
  askAdmin: "It takes somebody who manages the account at Meta. If that is not you, ask an admin:",
  hide: "Hide for 24 hours",
  hiding: "Hiding…",
};

export const login = {
  title: "Sign in",
  lead: "Your customers’ WhatsApp, in one place for your whole team.",
  email: "E-mail",
  password: "Password",
  submit: "Sign in",
  submitting: "Signing in…",
  signedOut: "You are signed out.",
  passwordChanged: "Your new password is set. Sign in with it.",
  forgot: "Forgot your password?",
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
};

export const errors = {
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
  tooMany: {
    title: "That is more than we can do for you at once",
    text: "Something you asked for is still under way. Wait until it is done, then try again.",
  },
  askedTooOften: {
    title: "That was asked too often for now",
    nothingLost:
      "Meta limits how often it may be asked. Nothing was changed, and what is connected stays connected.",
    wait: (minutes: number) => (minutes <= 1 ? "Wait a minute." : `Wait ${minutes} minutes.`),
  },
  home: "Go to Integrations",
  retry: "Try again",
  requestId: "Code to quote if you ask us about it:",
};

export const preferences = {
  label: "Language and appearance",
  language: "Language",
  theme: "Appearance",
  themes: { system: "As the device", light: "Light", dark: "Dark" },
};
