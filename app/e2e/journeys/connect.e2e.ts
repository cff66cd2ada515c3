import { expect, type Page } from "@playwright/test";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { connectByMeta, grants, visitorNamed } from "./flows.ts";
import {
  approve,
  control,
  goToMeta,
  often,
  origin,
  rows,
  signIn,
  signInByForm,
  startAfresh,
  test,
  untilDeliveriesAreOn,
} from "./journey.ts";

test.beforeEach(startAfresh);

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("a member connects in one flow, a message arrives in their workspace only, and disconnect ends it", async ({
      page,
    }) => {
      await signInByForm(page, "leo@luz.example");
      await expect(page.getByText("Not connected")).toBeVisible();
      await goToMeta(page, "Ana Luz");
      await approve(page);

      // Without JavaScript Meta's own `#_=_` stays behind.
      await expect(page).toHaveURL(/\/settings\/integrations\?whatsapp=connected(#_=_)?$/);
      await expect(page.getByText("+52 55 1234 5678").first()).toBeVisible();
      await expect(page.getByText("Panadería Luz").first()).toBeVisible();
      await theTokenIsSealed();

      await untilDeliveriesAreOn(NUMBER_IDS.luz);
      await page.goto(`${origin()}/settings/integrations`);
      await expect(page.getByRole("status").filter({ hasText: /^Waiting for a message$/ })).toBeVisible();

      await control("/messages", {
        phoneNumberId: NUMBER_IDS.luz,
        text: "¿Tienen pan de muerto? <b>ñ</b> 😀",
        sender: { phone: "525587654321", name: "Marta Ríos" },
      });
      await theConversationShows(page, "¿Tienen pan de muerto? <b>ñ</b> 😀");
      await page.goto(`${origin()}/settings/integrations`);
      await expect(page.getByRole("status").filter({ hasText: /^Connected$/ })).toBeVisible();

      const eva = await visitorNamed("eva@norte.example");
      const list = await (await eva.get("/conversations", 0)).text();
      expect(list).toContain("No conversations yet.");
      expect(list).not.toMatch(/Marta|pan de muerto/);
      const [thread] = await rows<{ id: string }>("select id from conversations");
      expect((await eva.get(`/conversations/${thread?.id}`, 0)).status).toBe(404);

      await disconnect(page);
    });

    test("a person who cancels at Meta reads so and can try again", async ({ page }) => {
      await signIn(page, "max@norte.example");
      await page.getByRole("button", { name: "Connect WhatsApp" }).click();
      await expect(page.getByRole("button", { name: "Cancel" })).toBeVisible();
      const dialog = page.url();
      await page.goto(`${origin()}/settings/integrations`);
      await expect(page.getByText("Finish in the Meta window.")).toBeVisible();
      await page.goto(dialog);
      await page.getByRole("button", { name: "Cancel" }).click();
      await expect(page.getByText("Connection cancelled or failed. Try again.")).toBeVisible();
      await goToMeta(page, "Eva Norte");
      await approve(page);
      await expect(page.getByText("+54 9 11 2345 6789").first()).toBeVisible();
    });

    test("a number of another workspace is refused in the words that were agreed", async ({ page }) => {
      await connectByMeta(await visitorNamed("ana@luz.example"), grants.ana);
      await signIn(page, "max@norte.example");
      await goToMeta(page, "Ana Luz");
      await approve(page);
      await expect(page.getByText("This number is already connected to another workspace.")).toBeVisible();
      expect(await page.content()).not.toContain("Panadería");
    });

    test("of several numbers the person picks one from a list that survives a reload", async ({ page }) => {
      await signIn(page, "leo@luz.example");
      await goToMeta(page, "Carla Cadenas");
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByRole("button", { name: "Continue" }).click();
      await approve(page);
      await expect(page.getByRole("heading", { level: 1, name: "Choose a number" })).toBeVisible();
      await page.reload();
      await page.getByRole("radio", { name: /55 2222 1003/ }).check();
      await page.getByRole("button", { name: "Connect this number" }).click();
      await expect(page).toHaveURL(/whatsapp=connected/);
      await expect(page.getByText("+52 55 2222 1003").first()).toBeVisible();
      expect(await rows("select status, phone_number_id from channel_connections")).toEqual([
        { status: "active", phone_number_id: NUMBER_IDS.cadenasCentro3 },
      ]);
    });

    test("of a number that stays in its app earlier conversations come over as read ones, under the names its owner gave people", async ({
      page,
    }) => {
      await signIn(page, "leo@luz.example");
      await page.getByRole("checkbox", { name: "I use the WhatsApp Business app" }).check();
      const asked = page.waitForRequest(/dialog\/oauth/);
      await goToMeta(page, "Carla Cadenas");
      expect(new URL((await asked).url()).searchParams.get("extras")).toContain(
        '"featureType":"whatsapp_business_app_onboarding"',
      );
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByRole("button", { name: "Continue" }).click();
      await approve(page);
      await page.getByRole("radio", { name: /55 2222 1003/ }).check();
      await page.getByRole("button", { name: "Connect this number" }).click();
      await expect(page).toHaveURL(/whatsapp=connected/);

      const [number] = await rows<{ id: string }>(
        "select id from channel_connections where phone_number_id = $1",
        [NUMBER_IDS.cadenasCentro3],
      );
      await page.goto(page.url().replace(/\?.*/, `/whatsapp/numbers/${number?.id}`));
      const complete = page.getByText("The conversations of the WhatsApp Business app have arrived");
      if (javaScriptEnabled) await expect(complete).toBeVisible();
      else await expect.poll(async () => (await page.reload()) && complete.isVisible(), often).toBe(true);

      await page.getByRole("link", { name: "Conversations" }).first().click();
      await expect(page.getByText("Sofía Ñandú")).toBeVisible();
      await expect(page.getByText("Marta Díaz")).toBeVisible();
      await expect(page.getByText(/unread/)).toHaveCount(0);
      await page.getByText("Sofía Ñandú").click();
      await expect(page.getByRole("heading", { level: 1, name: "Sofía Ñandú" })).toBeVisible();
      await expect(page.getByText("Hola, ¿tienen pan de muerto?").first()).toBeVisible();
      // What a placeholder stood for has taken its place.
      const pictures = "select count(*)::int as open from messages where type = 'media_placeholder'";
      await expect.poll(() => rows(pictures), often).toEqual([{ open: 0 }]);
      await page.reload();
      await expect(page.getByText("Pan de muerto", { exact: true }).first()).toBeVisible();
    });
  });
}

test("an account without a number, a missing permission and a Meta that is away each say what to do", async ({
  page,
}) => {
  await signIn(page, "leo@luz.example");
  await goToMeta(page, "Bea Sin Número");
  await page.getByRole("radio", { name: "Continue without a number" }).check();
  await page.getByRole("button", { name: "Continue" }).click();
  await approve(page);
  await expect(page.getByRole("alert")).toContainText("no WhatsApp number");

  await goToMeta(page, "Ana Luz");
  await page.getByRole("checkbox", { name: "whatsapp_business_messaging" }).uncheck();
  await approve(page);
  await expect(page.getByRole("alert")).toContainText("permission");
  expect(await rows("select status, metadata->'error'->>'code' as code from channel_connections")).toEqual([
    { status: "error", code: "permission_missing" },
  ]);

  await control("/scenarios", { endpoint: "debug_token", times: 1, outcome: { kind: "http" } });
  await goToMeta(page, "Ana Luz");
  await approve(page);
  await expect(page.getByRole("alert")).toContainText("Meta is not answering");

  await goToMeta(page, "Ana Luz");
  await approve(page);
  await expect(page.getByText("+52 55 1234 5678").first()).toBeVisible();
});

test("a person who has nothing yet makes an account and a number at Meta, and the first message arrives", async ({
  page,
}) => {
  await signIn(page, "max@norte.example");
  await goToMeta(page, "Nico Nuevo");
  await page.getByLabel("Account name").fill("Nuevo Comienzo");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("radio", { name: "Create a new number" }).check();
  await page.getByLabel("Display name").fill("Nuevo Comienzo");
  await page.getByLabel("New phone number").fill("+52 55 8888 7777");
  await page.getByRole("button", { name: "Continue" }).click();
  await approve(page);
  await expect(page.getByText("+52 55 8888 7777").first()).toBeVisible();

  const made = () =>
    rows<{ id: string; result: string }>(
      `select phone_number_id as id, metadata->'registration'->>'result' as result from channel_connections
      where metadata->'deliveries'->>'state' = 'on'`,
    );
  await expect.poll(async () => (await made())[0]?.result, often).toBe("registered");
  const [number] = await made();
  // Without force: Meta sends nothing for a number that is not registered.
  await control("/messages", {
    phoneNumberId: number?.id,
    text: "Primer mensaje",
    sender: { phone: "525511113333", name: "Lola" },
  });
  await expect.poll(() => rows("select body from messages"), often).toEqual([{ body: "Primer mensaje" }]);
  await page.goto(`${origin()}/settings/integrations/whatsapp/activity`);
  await expect(page.getByText("The number was registered at WhatsApp")).toBeVisible();
});

test("nobody but an admin with the flag sees a trace of manual connect, and no HTML holds a token", async ({
  page,
}) => {
  const manual = "/settings/integrations/whatsapp/manual";
  for (const email of ["leo@luz.example", "eva@norte.example", "max@norte.example"]) {
    const visitor = await visitorNamed(email);
    const seen = await visitor.get("/settings/integrations", 0);
    expect(seen.status).toBe(200);
    expect(await seen.text()).not.toMatch(/manual|waba|access.?token/i);
    const refused = await visitor.get(manual, 0);
    expect(refused.status).toBe(404);
    expect(await refused.text()).not.toMatch(/<input/i);
  }
  await signIn(page, "ana@luz.example");
  await page.getByRole("link", { name: "Manual Connect (Admin only)" }).click();
  const { token } = await control<{ token: string }>("/tokens", { businessId: "506000000000000011" });
  await page.getByLabel("WhatsApp Business Account ID").fill("204000000000000011");
  await page.getByLabel("Phone number ID").fill(NUMBER_IDS.luz);
  await page.getByLabel("Access token").fill(token);
  await page.getByRole("button", { name: "Connect number" }).click();
  await expect(page.getByText("+52 55 1234 5678").first()).toBeVisible();
  expect(await page.content()).not.toContain(token);
});

async function theTokenIsSealed(): Promise<void> {
  const [row] = await rows<{ status: string; access_token_enc: string }>(
    "select status, access_token_enc from channel_connections where phone_number_id = $1",
    [NUMBER_IDS.luz],
  );
  expect(row?.status).toBe("active");
  expect(row?.access_token_enc).toMatch(/^v1\./);
  expect(row?.access_token_enc).not.toContain("EAA");
}

async function theConversationShows(page: Page, text: string): Promise<void> {
  const stored = () => rows("select count(*)::int as n from messages");
  await expect.poll(stored, often).toEqual([{ n: 1 }]);
  await page.goto(`${origin()}/conversations`);
  await page.getByRole("link", { name: /Marta Ríos/ }).click();
  await expect(page.getByText(text)).toBeVisible();
}

async function disconnect(page: Page): Promise<void> {
  await page.goto(`${origin()}/settings/integrations`);
  await page.getByRole("link", { name: "Details" }).click();
  await page.getByRole("link", { name: "Disconnect…" }).click();
  await expect(page.getByText("1 conversation with 1 message")).toBeVisible();
  await page.getByRole("button", { name: "Disconnect number" }).click();
  await expect(page.getByText("Not connected")).toBeVisible();
  await expect(page.getByText("Disconnected. Your conversations are kept.").first()).toBeVisible();
  const answer = await page.request.get(`${origin()}/api/integrations/meta/whatsapp/status`);
  expect(await answer.json()).toMatchObject({ connected: false, may_send: false });
  await page.goto(`${origin()}/conversations`);
  await page.getByRole("link", { name: /Marta Ríos/ }).click();
  await expect(page.getByText("Replies are off: WhatsApp is not connected.")).toBeVisible();
  expect(await rows("select status, access_token_enc from channel_connections")).toEqual([
    { status: "revoked", access_token_enc: null },
  ]);
  await expect
    .poll(() => rows("select outcome from connection_teardowns"), often)
    .toEqual([{ outcome: "unsubscribed" }]);
}
