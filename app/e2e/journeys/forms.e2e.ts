/** Forms by keyboard alone, with and without JavaScript: what is sent, what is said, and where the focus is afterwards. */
import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";
import { NUMBER_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { isMarked, mark, press, tabTo } from "../product/keyboard.ts";
import { connect } from "../states/world.ts";
import { beSignedIn, control, origin, rows, startAfresh, test } from "./journey.ts";

test.beforeEach(startAfresh);

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const settings = () => `${origin()}/settings/integrations`;

async function openDisconnect(page: Page): Promise<void> {
  await page.goto(`${settings()}/whatsapp/disconnect`);
  await expect(heading(page)).toHaveText("Disconnect this number?");
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });
    /** The answer took no new document, and the focus is on the heading. */
    const expectAnswerInPlace = async (page: Page) => {
      if (!javaScriptEnabled) return;
      expect(await isMarked(page)).toBe(true);
      await expect(heading(page)).toBeFocused();
    };

    test("connecting, choosing a number and disconnecting need no mouse", async ({ page }) => {
      await page.goto(`${origin()}/login`);
      await tabTo(page, page.getByLabel("E-mail"));
      await page.keyboard.type("leo@luz.example");
      await tabTo(page, page.getByLabel("Password"));
      await page.keyboard.type("curbe-demo");
      await page.keyboard.press("Enter");
      await press(page, page.getByRole("button", { name: "Connect WhatsApp" }));
      await tabTo(page, page.getByRole("radio").first());
      await page.getByRole("radio", { name: "Carla Cadenas" }).check();
      for (let step = 0; step < 3; step += 1)
        await press(page, page.getByRole("button", { name: "Continue" }));
      await press(page, page.getByRole("button", { name: "Approve" }));

      await expect(heading(page)).toHaveText("Choose a number");
      await mark(page);
      const choose = page.getByRole("button", { name: "Connect this number" });
      await press(page, choose);
      const summary = page.getByRole("alert");
      await expect(summary).toBeFocused();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      if (javaScriptEnabled) await expect(page.getByRole("radio").first()).toBeFocused();
      await tabTo(page, page.getByRole("radio").first());
      await page.keyboard.press("Space");
      await press(page, choose);
      await expect(page).toHaveURL(/whatsapp=connected/);
      await expectAnswerInPlace(page);

      await openDisconnect(page);
      await expect(page.getByText("None came in the last 30 days.")).toBeVisible();
      await mark(page);
      await press(page, page.getByRole("button", { name: "Disconnect number" }));
      await expect(page.getByText("Disconnected. Your conversations are kept.").first()).toBeVisible();
      await expectAnswerInPlace(page);

      const ended = () => rows("select kind from connection_events where kind = 'disconnected'");
      await page.goBack();
      await expect(page).toHaveURL(settings());
      await page.reload();
      expect(await ended()).toEqual([{ kind: "disconnected" }]);
    });

    test("manual connect says what is wrong, keeps the ids and connects in the end", async ({ page }) => {
      await beSignedIn(page, "ana@luz.example");
      await page.goto(`${settings()}/whatsapp/manual`);
      await mark(page);
      const submit = page.getByRole("button", { name: "Connect number" });
      await press(page, submit);
      const summary = page.getByRole("alert");
      await expect(summary).toBeFocused();
      await expect(summary.getByRole("link")).toHaveCount(3);

      const waba = page.getByLabel("WhatsApp Business Account ID");
      const number = page.getByLabel("Phone number ID");
      const token = page.getByLabel("Access token");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      if (javaScriptEnabled) await expect(waba).toBeFocused();
      await tabTo(page, waba);
      await page.keyboard.type(`+${WABA_IDS.luz.slice(0, 4)} ${WABA_IDS.luz.slice(4)}`);
      await tabTo(page, number);
      await page.keyboard.type(NUMBER_IDS.luz);
      await tabTo(page, token);
      await page.keyboard.type("EAA this is none");
      await page.keyboard.press("Enter");
      await expect(summary.getByRole("link")).toHaveCount(1);
      await expect(summary).toBeFocused();
      await expect(waba).toHaveValue(WABA_IDS.luz);
      await expect(number).toHaveValue(NUMBER_IDS.luz);
      await expect(token).toHaveValue("");

      const made = await control<{ token: string }>("/tokens", { businessId: "506000000000000011" });
      await tabTo(page, token);
      await page.keyboard.insertText(made.token);
      await page.keyboard.press("Enter");
      await expect(page.getByText("+52 55 1234 5678").first()).toBeVisible();
      await expectAnswerInPlace(page);
      expect(await page.content()).not.toContain(made.token);
    });

    test("the log of changes is narrowed, and the file holds the same", async ({ page }) => {
      await connect(page);
      await page.goto(`${settings()}/whatsapp/activity`);
      await expect(page.getByText("Message delivery was switched on at Meta")).toBeVisible();
      await page.getByLabel("What").selectOption("Connecting and leaving");
      await page.getByLabel("Who").selectOption("Me");
      await press(page, page.getByRole("button", { name: "Show" }));
      await expect(page).toHaveURL(/what=connections/);
      await expect(page.getByText("Message delivery was switched on at Meta")).toBeHidden();
      await expect(page.getByRole("listitem").filter({ hasText: "ana@luz.example" })).toHaveCount(1);
      await expect(page.getByLabel("Who")).toHaveValue("me");
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        press(page, page.getByRole("link", { name: "Download as CSV" })),
      ]);
      expect(download.suggestedFilename()).toMatch(/^whatsapp-activity-[\d-]+\.csv$/);
      const file = await readFile(await download.path(), "utf8");
      expect(file).toContain(",connected,");
      expect(file).not.toContain(",deliveries_on,");
      await page.getByLabel("Who").selectOption("Other people");
      await press(page, page.getByRole("button", { name: "Show" }));
      await press(page, page.getByRole("link", { name: "Show all of the last 90 days" }));
      await expect(page.getByText("Message delivery was switched on at Meta")).toBeVisible();
    });

    test("what needs somebody is hidden by whoever has read it, and comes back with the next incident", async ({
      page,
    }) => {
      await connect(page);
      const incident = (at: string) =>
        rows(
          `update channel_connections set status = 'error',
             metadata = metadata || jsonb_build_object('error', jsonb_build_object('code', 'token_rejected', 'at', $1::text))`,
          [at],
        );
      await incident("2026-11-20T10:00:00Z");
      await page.goto(`${origin()}/conversations`);
      await mark(page);
      const banner = page.getByRole("region", { name: "Needs attention" });
      await press(page, banner.getByRole("button", { name: "Hide for 24 hours" }));
      await expect(banner).toBeHidden();
      await expect(page).toHaveURL(`${origin()}/conversations`);
      await expectAnswerInPlace(page);
      await page.goto(`${settings()}/whatsapp/activity`);
      await expect(banner).toBeHidden();
      await incident("2026-11-21T10:00:00Z");
      await page.reload();
      await expect(banner).toBeVisible();
    });
  });
}
