/** Attempts that ended without a connection, one for each reason that a person can meet. */
import { expect, type Page } from "@playwright/test";
import type { ReasonCode } from "../integrations/errors.ts";
import type { Texts } from "../texts/catalogue.ts";
import { approve, goToMeta, origin, rows, signIn } from "./journey.ts";
import {
  connect,
  graphError,
  here,
  integrations,
  leo,
  type State,
  script,
  takenElsewhere,
} from "./states-world.ts";

const callback = "/api/integrations/meta/whatsapp/callback";

async function throughMeta(page: Page, beforeApproval?: () => Promise<unknown>): Promise<void> {
  await goToMeta(page, "Ana Luz");
  await beforeApproval?.();
  await approve(page);
}

/** From the Integrations page to the end of the attempt. */
const ways: Record<ReasonCode, (page: Page) => Promise<unknown>> = {
  async cancelled(page) {
    await goToMeta(page, "Ana Luz");
    await page.getByRole("button", { name: "Cancel" }).click();
  },
  state_invalid: (page) => page.goto(`${origin() + callback}?state=${"a".repeat(43)}&code=abc`),
  state_expired: (page) =>
    throughMeta(page, () => rows("update oauth_states set expires_at = now() - interval '1 second'")),
  async state_used(page) {
    const returned = page.waitForRequest((request) => request.url().includes(callback));
    await throughMeta(page);
    await expect(page).toHaveURL(/whatsapp=connected/);
    await page.goto((await returned).url());
  },
  code_rejected: (page) =>
    throughMeta(page, () => script("exchange", graphError(100, { subcode: 36009 }), 1)),
  async permission_missing(page) {
    await goToMeta(page, "Ana Luz");
    await page.getByRole("checkbox", { name: "whatsapp_business_messaging" }).uncheck();
    await approve(page);
  },
  async no_number(page) {
    await goToMeta(page, "Bea Sin Número");
    await page.getByRole("radio", { name: "Continue without a number" }).check();
    await page.getByRole("button", { name: "Continue" }).click();
    await approve(page);
  },
  async number_taken(page) {
    await takenElsewhere(page);
    await throughMeta(page);
  },
  meta_unavailable: (page) => throughMeta(page, () => script("debug_token", { kind: "http" }, 1)),
  choice_expired: chooseTooLate,
  account_restricted: (page) => throughMeta(page, () => script("debug_token", graphError(368), 1)),
};

/** The hour ends after the last look at the page and before the answer arrives. */
async function chooseTooLate(page: Page): Promise<void> {
  await goToMeta(page, "Carla Cadenas");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await approve(page);
  await page.getByRole("radio", { name: /55 2222 1003/ }).check();
  await page.route(/whatsapp\/number/, async (route) => {
    const past = JSON.stringify(new Date(Date.now() - 60_000));
    const ended = "update channel_connections set metadata = jsonb_set(metadata, '{choices,expires_at}', $1)";
    if (route.request().method() === "POST") await rows(ended, [past]);
    await route.continue();
  });
  await page.getByRole("button", { name: "Connect this number" }).click();
}

const eachReason = Object.entries(ways).map(([reason, go]) => ({
  name: reason.replaceAll("_", " "),
  async arrange(page: Page) {
    await signIn(page, leo);
    await go(page);
    await expect(page).toHaveURL(new RegExp(`whatsapp=error&reason=${reason}`));
    return here(page);
  },
  says: (texts: Texts) => texts.channels.meta_whatsapp.reasons[reason as ReasonCode].title,
}));

const others: Omit<State, "group">[] = [
  {
    name: "cancelled beside a number that works",
    async arrange(page) {
      await connect(page, leo);
      await goToMeta(page, "Carla Cadenas", "Connect another number");
      await page.getByRole("button", { name: "Cancel" }).click();
      await expect(page).toHaveURL(/reason=cancelled/);
      return here(page);
    },
    says: ({ channels }) => channels.meta_whatsapp.reasons.cancelled.title,
  },
  {
    name: "permission missing, some time later",
    async arrange(page) {
      await signIn(page, leo);
      await ways.permission_missing(page);
      await expect(page).toHaveURL(/reason=permission_missing/);
      return integrations;
    },
    says: ({ channels }) => channels.meta_whatsapp.reasons.permission_missing.title,
  },
];

export const failedStates: State[] = [...eachReason, ...others].map((state) => ({
  group: "failed attempt",
  ...state,
}));
