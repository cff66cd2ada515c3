/** Pages that stay open while things change around them: another build is deployed, or the browser translates them. */
import { expect, type Page } from "@playwright/test";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { untilAlive } from "../states/checks/every-page.ts";
import { connect, leo, untilProcessed } from "../states/world.ts";
import { control, origin, rows, signIn, startAfresh, test } from "./journey.ts";

test.beforeEach(startAfresh);

/** The script of a route, as the build before had it: asked for so many times it is gone, as after a deploy. */
async function replaceBuild(page: Page, route: string, times?: number): Promise<string[]> {
  const asked: string[] = [];
  await page.route(
    `**/build/routes/${route}-*.js`,
    (request) => {
      asked.push(request.request().url());
      return request.fulfill({ status: 404, body: "" });
    },
    times ? { times } : {},
  );
  return asked;
}

/** Addresses of the documents that the page was replaced by. */
function documentsOf(page: Page): string[] {
  const addresses: string[] = [];
  page.on("request", (request) => {
    if (request.isNavigationRequest()) addresses.push(new URL(request.url()).pathname);
  });
  return addresses;
}

const listed = (page: Page) => expect(page.getByRole("heading", { level: 1, name: "Conversations" }));

test("a click in a page whose build was replaced leads where it points to, and back again", async ({
  page,
}) => {
  await signIn(page, leo);
  await untilAlive(page);
  const asked = await replaceBuild(page, "conversations", 1);
  const documents = documentsOf(page);
  await page.getByRole("link", { name: "Conversations" }).click();
  await listed(page).toBeVisible();
  expect(asked).toHaveLength(1);
  expect(new URL(page.url()).pathname).toBe("/conversations");
  await untilAlive(page);
  // The page that Remix loads anew, and then the one that was asked for.
  expect(documents).toEqual(["/settings/integrations", "/conversations"]);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  // Whoever loads a page anew later stays on it, also when they had come where the link leads without any trouble.
  const staysOnReload = async () => {
    await page.reload();
    await untilAlive(page);
    expect(new URL(page.url()).pathname).toBe("/settings/integrations");
  };
  await staysOnReload();
  await page.getByRole("link", { name: "Conversations" }).click();
  await listed(page).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  await staysOnReload();
});

test("where the script does not come back either, the page is read all the same, and nothing goes round", async ({
  page,
}) => {
  await signIn(page, leo);
  await untilAlive(page);
  await replaceBuild(page, "conversations");
  const documents = documentsOf(page);
  await page.getByRole("link", { name: "Conversations" }).click();
  await listed(page).toBeVisible();
  await page.waitForTimeout(500);
  expect(documents.filter((path) => path === "/settings/integrations")).toHaveLength(1);
  expect(documents.length).toBeLessThanOrEqual(3);
});

/** What browsers do: each text goes into elements of theirs, and the node that was there is shown no more. */
const translate = (page: Page) =>
  page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: Text[] = [];
    while (texts.nextNode()) found.push(texts.currentNode as Text);
    for (const text of found) {
      const parent = text.parentElement;
      if (!text.data.trim() || !parent || ["SCRIPT", "STYLE", "FONT"].includes(parent.tagName)) continue;
      const [outer, inner] = [document.createElement("font"), document.createElement("font")];
      inner.textContent = `⟦${text.data}⟧`;
      outer.append(inner);
      text.replaceWith(outer);
    }
  });

test("a page that the browser has translated shows what comes: a message, an edit, a status, a reaction", async ({
  page,
}) => {
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("console", (line) => line.type() === "error" && problems.push(line.text()));
  await connect(page, leo);
  await control("/messages", {
    phoneNumberId: NUMBER_IDS.luz,
    text: "Vengo a las nueve, https://mapa.example y luego",
    sender: { phone: "525587654321", name: "Marta Ríos" },
  });
  await untilProcessed();
  await page.goto(`${origin()}/conversations`);
  await untilAlive(page);
  await page.getByRole("link", { name: "Marta Ríos" }).click();
  await expect(page.getByText("Vengo a las nueve")).toBeVisible();
  const [{ id = "", wamid = "" } = {}] = await rows<{ id: string; wamid: string }>(
    "select conversation_id as id, provider_message_id as wamid from messages",
  );
  /** As ingest would have left them, and told as it tells. */
  const happens = async (text: string, values: unknown[]) => {
    await rows(text, values);
    await rows("select pg_notify('live', 'conversations ' || tenant_id) from conversations where id = $1", [
      id,
    ]);
  };
  const says = (type: string, body: string, content: object, outbound = false) =>
    happens(
      `insert into messages (tenant_id, conversation_id, provider_message_id, direction, type, status, body, content, occurred_at)
       select tenant_id, id, 'wamid.' || gen_random_uuid(), $2, $3, $4, $5, $6, now() from conversations where id = $1`,
      [
        id,
        outbound ? "outbound" : "inbound",
        type,
        outbound ? "sent" : "received",
        body,
        JSON.stringify(content),
      ],
    );

  await translate(page);
  await says("text", "¿Siguen ahí?", {});
  await expect(page.getByText("¿Siguen ahí?")).toBeVisible();
  await translate(page);
  await says("text", "Aquí estamos", {}, true);
  await expect(page.getByText("Aquí estamos")).toBeVisible();
  await translate(page);
  await says("edit", "Vengo a las diez", { edit: { original_message_id: wamid } });
  await expect(page.getByText("Vengo a las diez")).toBeVisible();
  await expect(page.getByText("Vengo a las nueve")).toHaveCount(0);
  await translate(page);
  await happens(
    `update messages set status = 'read', read_at = now() where conversation_id = $1 and direction = 'outbound'`,
    [id],
  );
  await expect(page.getByText("Read", { exact: false })).toBeVisible();
  await translate(page);
  await says("reaction", "👍", { reaction: { message_id: wamid } });
  await expect(page.getByText("👍")).toBeVisible();
  await translate(page);
  await says("revoke", "", { revoke: { original_message_id: wamid } });
  await expect(page.getByText("This message was deleted")).toBeVisible();
  await expect(page.getByText("Vengo a las diez")).toHaveCount(0);

  await translate(page);
  await page.getByRole("link", { name: /All conversations/ }).click();
  await expect(page.getByRole("link", { name: /Marta Ríos/ })).toBeVisible();
  await translate(page);
  await control("/messages", {
    phoneNumberId: NUMBER_IDS.luz,
    text: "Una más",
    sender: { phone: "525587654321", name: "Marta Ríos" },
  });
  await expect(page.getByText("Una más")).toBeVisible();
  await translate(page);
  await control("/messages", {
    phoneNumberId: NUMBER_IDS.luz,
    text: "Soy otra",
    sender: { phone: "525587654322", name: "Pau Roca" },
  });
  await expect(page.getByText("Soy otra")).toBeVisible();
  expect(problems).toEqual([]);
});
