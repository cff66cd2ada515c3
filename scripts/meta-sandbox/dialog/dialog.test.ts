import { describe, expect, test } from "vitest";
import type { Sandbox } from "../sandbox.ts";
import { APP_ID, REDIRECT_URI, receiverForTest, sandboxForTest, sandboxWithReceiver } from "../testing.ts";
import { BUSINESS_IDS, NUMBER_IDS, PERSON_IDS, WABA_IDS } from "../world/world.ts";

const SCOPES = ["whatsapp_business_management", "whatsapp_business_messaging"];

function dialogUrl(sandbox: Sandbox, changes: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    client_id: APP_ID,
    redirect_uri: REDIRECT_URI,
    response_type: "code",
    scope: SCOPES.join(","),
    state: "a state/with+signs",
    ...changes,
  });
  return `${sandbox.url}/v25.0/dialog/oauth?${query}`;
}

/** Opens the dialog and answers as many forms as are given; resolves with the last response. */
async function goThrough(sandbox: Sandbox, forms: [string, [string, string][]][], changes = {}) {
  const opened = await (await fetch(dialogUrl(sandbox, changes))).text();
  const base = /action="(\/dialog\/oauth\/[^/"]+)/.exec(opened)?.[1] ?? "";
  let response = new Response();
  for (const [step, fields] of forms) {
    response = await fetch(`${sandbox.url}${base}/${step}`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams(fields),
    });
  }
  const location = response.headers.get("location") ?? "";
  return { response, location, callback: URL.canParse(location) ? new URL(location) : null, base };
}

const signInAs = (person: string): [string, [string, string][]] => ["sign-in", [["person", person]]];
const approval: [string, [string, string][]] = ["review", SCOPES.map((scope) => ["permission", scope])];

describe("the way to a grant", () => {
  test("one account and one number: sign in, approve, and the callback carries a long code and the state", async () => {
    const sandbox = await sandboxForTest();
    const { location, callback } = await goThrough(sandbox, [signInAs(PERSON_IDS.ana), approval]);
    expect(location.startsWith(`${REDIRECT_URI}?code=`)).toBe(true);
    expect(callback?.hash).toBe("#_=_");
    expect([...(callback?.searchParams.keys() ?? [])]).toEqual(["code", "state"]);
    expect(callback?.searchParams.get("code")?.length).toBeGreaterThanOrEqual(300);
    expect(callback?.searchParams.get("state")).toBe("a state/with+signs");
  });

  test("several accounts and numbers are asked for, one after the other", async () => {
    const sandbox = await sandboxForTest();
    const carla = signInAs(PERSON_IDS.carla);
    expect((await goThrough(sandbox, [carla])).location).toMatch(/\/accounts$/);
    const accounts: [string, [string, string][]] = ["accounts", [["waba", WABA_IDS.cadenasSur]]];
    expect((await goThrough(sandbox, [carla, accounts])).location).toMatch(/\/numbers$/);
    const numbers: [string, [string, string][]] = [
      "numbers",
      [
        ["choice", "existing"],
        ["number", NUMBER_IDS.cadenasSur2],
      ],
    ];
    expect((await goThrough(sandbox, [carla, accounts, numbers])).location).toMatch(/\/review$/);
    const { callback } = await goThrough(sandbox, [carla, accounts, numbers, approval]);
    expect(callback?.searchParams.has("code")).toBe(true);
  });

  test("an empty business can create an account and a number, which exist from the approval on", async () => {
    const sandbox = await sandboxForTest();
    const steps: [string, [string, string][]][] = [
      signInAs(PERSON_IDS.nico),
      [
        "accounts",
        [
          ["create", "1"],
          ["accountName", "Nuevo WA"],
        ],
      ],
      [
        "numbers",
        [
          ["choice", "new"],
          ["displayName", "Nuevo"],
          ["phone", "+52 55 8888 1234"],
        ],
      ],
    ];
    await goThrough(sandbox, steps);
    expect(Object.values(sandbox.world.wabas).some((waba) => waba.name === "Nuevo WA")).toBe(false);
    await goThrough(sandbox, [...steps, approval]);
    const created = Object.values(sandbox.world.wabas).find((waba) => waba.name === "Nuevo WA");
    expect(created?.businessId).toBe(BUSINESS_IDS.nuevo);
    const number = Object.values(sandbox.world.numbers).find(({ wabaId }) => wabaId === created?.id);
    expect(number).toMatchObject({ displayPhoneNumber: "+52 55 8888 1234", platformType: "NOT_APPLICABLE" });
  });

  test("an answer that makes no sense stays on its page and says why", async () => {
    const sandbox = await sandboxForTest();
    const { response } = await goThrough(sandbox, [signInAs(PERSON_IDS.carla), ["accounts", []]]);
    expect(response.status).toBe(422);
    expect(await response.text()).toContain("Choose at least one WhatsApp account.");
  });

  test("pressing Approve twice leads to the same code", async () => {
    const sandbox = await sandboxForTest();
    const first = await goThrough(sandbox, [signInAs(PERSON_IDS.ana), approval, approval]);
    const again = await fetch(`${sandbox.url}${first.base}/review`, { method: "POST", redirect: "manual" });
    expect(again.headers.get("location")).toBe(first.location);
  });
});

describe("the ways without a grant", () => {
  test("Cancel answers the four parameters of Meta and the state, on every page", async () => {
    const sandbox = await sandboxForTest();
    for (const forms of [[], [signInAs(PERSON_IDS.ana)]] as [string, [string, string][]][][]) {
      const step = forms.length === 0 ? "sign-in" : "review";
      const { location } = await goThrough(sandbox, [...forms, [step, [["action", "cancel"]]]]);
      expect(location).toBe(
        `${REDIRECT_URI}?error=access_denied&error_code=200&error_description=Permissions+error&error_reason=user_denied&state=a+state%2Fwith%2Bsigns#_=_`,
      );
    }
  });

  test.each([
    ["a redirect_uri that differs by a slash", { redirect_uri: `${REDIRECT_URI}/` }],
    ["an unknown app", { client_id: "1" }],
    ["a scope that does not exist", { scope: "whatsapp_everything" }],
    ["another response_type", { response_type: "token" }],
  ])("%s shows an error page and redirects nobody", async (_case, changes) => {
    const sandbox = await sandboxForTest();
    const response = await fetch(dialogUrl(sandbox, changes), { redirect: "manual" });
    expect(response.status).toBe(400);
    expect(response.headers.get("location")).toBeNull();
    expect(response.headers.get("content-type")).toContain("text/html");
  });

  test("a config_id has to be the app's own", async () => {
    const sandbox = await sandboxForTest({ configId: "777" });
    expect((await fetch(dialogUrl(sandbox, { config_id: "776" }))).status).toBe(400);
    expect((await fetch(dialogUrl(sandbox, { config_id: "777" }))).status).toBe(200);
  });

  test("development mode denies on approval, or stops on a page of its own", async () => {
    const sandbox = await sandboxForTest();
    sandbox.control.setSwitches({ dialogOutcome: "dev_mode_denied" });
    const { callback } = await goThrough(sandbox, [signInAs(PERSON_IDS.ana), approval]);
    expect(callback?.searchParams.get("error")).toBe("access_denied");
    sandbox.control.setSwitches({ dialogOutcome: "dev_mode_page" });
    expect((await fetch(dialogUrl(sandbox))).status).toBe(400);
  });
});

describe("switches of the callback", () => {
  test("the state can get lost and unknown parameters can appear", async () => {
    const sandbox = await sandboxForTest();
    sandbox.control.setSwitches({ dropState: "on", extraCallbackParams: "on" });
    const { callback } = await goThrough(sandbox, [signInAs(PERSON_IDS.ana), approval]);
    expect(callback?.searchParams.has("state")).toBe(false);
    expect(callback?.searchParams.get("_unexpected")).toBe("1");
  });

  test("PARTNER_ADDED arrives before the redirect when asked to", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    sandbox.control.setSwitches({ partnerEvents: "before" });
    await goThrough(sandbox, [signInAs(PERSON_IDS.ana), approval]);
    const [entry] = JSON.parse(String(receiver.received[0]?.bytes)).entry;
    expect(entry.changes[0].value).toEqual({
      event: "PARTNER_ADDED",
      waba_info: { waba_id: WABA_IDS.luz, owner_business_id: BUSINESS_IDS.luz },
    });
    expect(entry.id).not.toBe(WABA_IDS.luz);
  });

  test("what a page shows of a person's input is escaped", async () => {
    const { callbackUrl } = await receiverForTest();
    const sandbox = await sandboxForTest();
    await sandbox.control.configureApp({ callbackUrl, verifyToken: "x" });
    sandbox.control.addWaba({ businessId: BUSINESS_IDS.luz, name: '<script>"x"</script>' });
    const page = await (await fetch(`${sandbox.url}/sandbox`)).text();
    expect(page).not.toContain("<script>");
    expect(page).toContain("&#60;script&#62;");
  });
});
