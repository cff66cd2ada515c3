/** Whoever is quicker than the page's script loses nothing, and the page goes on as it is. */
import { expect } from "@playwright/test";
import { origin, startAfresh, test } from "./journey.ts";

test.beforeEach(startAfresh);

test("what is typed in the moment in which the script takes over stays, and the page works", async ({
  page,
}) => {
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("console", (line) => ["error", "warning"].includes(line.type()) && problems.push(line.text()));
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
