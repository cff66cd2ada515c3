/** A person's own account, and a password that was forgotten. */
import { expect, type Page } from "@playwright/test";
import type { CaughtMail } from "../../../scripts/dev/mail-catcher.ts";
import { beSignedIn, often, origin, rows, sessionOf } from "../journeys/journey.ts";
import { product } from "../product/journeys.ts";
import { createVisitor } from "../product/visitor.ts";
import { leo, type Show, type State, sendForm } from "./world.ts";

const account = "/account";
const forgot = "/login/forgot";

/** The link of the latest mail that has one. */
async function mailedLink(): Promise<string> {
  const links = async () => {
    const answer = await fetch(`${product().mailsUrl}/api/mails`);
    const { mails } = (await answer.json()) as { mails: CaughtMail[] };
    return mails.flatMap(({ text }) => /https?:\/\/\S+\/login\/reset\?token=\S+/.exec(text)?.[0] ?? []);
  };
  await expect.poll(async () => (await links()).length, { ...often, timeout: 10_000 }).toBeGreaterThan(0);
  return (await links()).at(-1) ?? "";
}

const askFor =
  (email: string): Show =>
  async (page) => {
    await page.goto(origin() + forgot);
    await page.locator('[name="email"]').fill(email);
    await page.locator("main form button[type=submit]").first().click();
    await expect(page.getByRole("status").filter({ hasText: /\S/ }).first()).toBeVisible();
  };

/** With the mail's link opened. */
async function openReset(page: Page): Promise<void> {
  await fetch(`${product().mailsUrl}/api/mails`, { method: "DELETE" });
  await rows("delete from password_resets");
  await createVisitor([origin()], origin()).post(forgot, { email: leo }, 0);
  await page.goto(await mailedLink());
  await expect(page).toHaveURL(`${origin()}/login/reset`);
}

const states: Omit<State, "group">[] = [
  {
    name: "own",
    arrange: (page) => beSignedIn(page, leo).then(() => account),
    says: ({ account }) => account.own.change.lead,
  },
  {
    name: "signed in elsewhere, too",
    async arrange(page) {
      await rows("delete from sessions");
      await sessionOf(leo);
      await beSignedIn(page, leo);
      return account;
    },
    says: ({ account }) => account.own.sessions.others(1),
  },
  {
    name: "nothing entered",
    arrange: (page) => beSignedIn(page, leo).then(() => sendForm(account, { current: "", password: "" })),
    says: ({ account }) => account.own.change.currentMissing,
  },
  {
    name: "not the present password",
    arrange: (page) =>
      beSignedIn(page, leo).then(() =>
        sendForm(account, { current: "not this one", password: "a new and long one" }),
      ),
    says: ({ account }) => account.own.change.currentWrong,
  },
  {
    name: "too common",
    arrange: (page) =>
      beSignedIn(page, leo).then(() => sendForm(account, { current: "curbe-demo", password: "password123" })),
    says: ({ account }) => account.newPassword.problems.too_common,
  },
  {
    name: "forgotten",
    arrange: async () => forgot,
    says: ({ account }) => account.forgot.lead,
  },
  {
    name: "forgotten, no address",
    arrange: async () => sendForm(forgot, { email: "" }),
    says: ({ login }) => login.errors.emailMissing,
  },
  {
    name: "forgotten, link sent",
    arrange: async () => askFor("nobody@luz.example"),
    says: ({ account }) => account.forgot.asked.text,
  },
  {
    name: "forgotten, no mails here",
    async arrange() {
      await rows("update mail_service set sends = false");
      return forgot;
    },
    leave: () => rows("update mail_service set sends = true"),
    says: ({ account }) => account.forgot.operator.text,
  },
  {
    name: "new password",
    arrange: (page) => openReset(page).then(() => "/login/reset"),
    says: ({ account }) => account.reset.lead,
  },
  {
    name: "new password, too short",
    arrange: (page) => openReset(page).then(() => sendForm("/login/reset", { password: "short" })),
    says: ({ account }) => account.newPassword.problems.too_short,
  },
  {
    name: "link used up",
    arrange: async () => "/login/reset?token=used",
    says: ({ account }) => account.reset.closed.text,
  },
  {
    name: "password set",
    arrange: async () => "/login?passwordChanged",
    says: ({ login }) => login.passwordChanged,
  },
];

export const accountStates: State[] = states.map((state) => ({ group: "account", ...state }));
