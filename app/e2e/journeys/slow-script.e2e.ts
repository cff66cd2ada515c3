/** Whoever is quicker than the page's script or its words loses nothing, and the page goes on as it is. */
import { expect, type Page } from "@playwright/test";
import { english } from "../../texts/en/index.ts";
import { pages as englishPages } from "../../texts/en/pages.ts";
import { spanish } from "../../texts/es/index.ts";
import { pages as spanishPages } from "../../texts/es/pages.ts";
import { untilAlive } from "../states/checks/every-page.ts";
import { beSignedIn, origin, startAfresh, test } from "./journey.ts";

test.beforeEach(startAfresh);

test("what is typed in the moment in which the script takes over stays, and the page works", async ({
  page,
}) => {
  const problems = problemsOf(page);
  // React begins by listening to the document, and draws later: what happens in between makes it draw at once.
  await page.addInitScript(() => {
    const listen = document.addEventListener;
    document.addEventListener = (type: string, ...args: [EventListener]) => {
      listen.call(document, type, ...args);
      if (type !== "focusin" || "typed" in window) return;
      Object.assign(window, { typed: true });
      queueMicrotask(() => {
        const field = document.querySelector<HTMLInputElement>("input[type=email]");
        if (field) field.value = "ana@";
        field?.dispatchEvent(new InputEvent("input", { bubbles: true }));
      });
    };
  });
  await page.goto(`${origin()}/login`);
  await page.waitForFunction(() => "typed" in window);
  const email = page.getByLabel("E-mail");
  await email.pressSequentially("luz.example");
  await page.getByLabel("Password").fill("curbe-demo");
  await expect(email).toHaveValue("ana@luz.example");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/settings\/integrations/);
  expect(problems).toEqual([]);
});

/** What is held back until the test lets it go. */
async function holdPageWords(page: Page): Promise<() => void> {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route("**/build/_shared/pages-*.js", (route) => held.then(() => route.continue()));
  return letGo;
}

function problemsOf(page: Page): string[] {
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("console", (line) => ["error", "warning"].includes(line.type()) && problems.push(line.text()));
  return problems;
}

async function comeInSpanish(page: Page): Promise<void> {
  await beSignedIn(page, "leo@luz.example");
  await page.context().addCookies([{ name: "curbe_language", value: "es", url: origin() }]);
}

test("whoever goes to a page whose words are slow stays where they are until these have come", async ({
  page,
}) => {
  const problems = problemsOf(page);
  await comeInSpanish(page);
  const letGo = await holdPageWords(page);
  await page.goto(`${origin()}/settings/integrations`);
  await untilAlive(page);
  const asked = page.waitForRequest("**/build/_shared/pages-*.js");
  const told = page.waitForResponse("**/account.data*");
  await page.getByText("leo@luz.example").first().click();
  await page.getByRole("link", { name: spanish.nav.account }).click();
  await Promise.all([asked, told]);
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toHaveText(spanish.integrations.title);
  letGo();
  await expect(heading).toHaveText(spanishPages.account.own.title);
  await expect(page).toHaveTitle(new RegExp(spanishPages.account.own.title));
  expect(problems).toEqual([]);
});

test("whoever goes to a page whose words fail on their way comes there all the same", async ({ page }) => {
  await comeInSpanish(page);
  const failures: string[] = [];
  await page.route(
    "**/build/_shared/pages-*.js",
    (route) => {
      failures.push(route.request().url());
      return route.abort();
    },
    { times: 1 },
  );
  await page.goto(`${origin()}/settings/integrations`);
  await untilAlive(page);
  await page.getByText("leo@luz.example").first().click();
  await page.getByRole("link", { name: spanish.nav.account }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(spanishPages.account.own.title);
  await expect(page).toHaveURL(`${origin()}/account`);
  expect(failures).toHaveLength(1);
  await untilAlive(page);
});

test("a page whose words are slow is read as it came, and works when these have come", async ({ page }) => {
  const problems = problemsOf(page);
  await comeInSpanish(page);
  const letGo = await holdPageWords(page);
  await page.goto(`${origin()}/account`, { waitUntil: "commit" });
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toHaveText(spanishPages.account.own.title);
  letGo();
  await untilAlive(page);
  await page.getByRole("link", { name: spanish.conversations.title }).click();
  await expect(heading).toHaveText(spanish.conversations.title);
  await page.goBack();
  await expect(heading).toHaveText(spanishPages.account.own.title);
  expect(problems).toEqual([]);
});

test("a Spanish page brings no English to the browser", async ({ page }) => {
  await comeInSpanish(page);
  const scripts: Promise<string>[] = [];
  page.on("response", (answer) => {
    if (answer.url().includes("/build/")) scripts.push(answer.text());
  });
  for (const path of ["/settings/integrations", "/conversations", "/account"]) {
    await page.goto(origin() + path);
    await untilAlive(page);
  }
  const brought = (await Promise.all(scripts)).join("\n");
  // Of plain letters only: the compiler writes all others as their codes.
  const { notYet: spanishWords } = spanishPages.thread;
  const { notYet: englishWords } = englishPages.thread;
  const isBrought = (words: string) => brought.includes(words);
  expect([spanish.conversations.title, spanishWords].map(isBrought)).toEqual([true, true]);
  expect([english.conversations.title, englishWords].map((words) => `"${words}"`).map(isBrought)).toEqual([
    false,
    false,
  ]);
});
