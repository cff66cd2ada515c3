import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { demoPassword } from "../../../scripts/seed.ts";
import { action as login } from "../../routes/login.tsx";
import { action as preferences } from "../../routes/preferences.ts";
import { call, cookieOf, openStage, post, type Stage } from "../testing/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(inject("adminUrl"), inject("template"));
});
afterAll(() => stage.database.drop());
beforeEach(() => stage.database.sql("update users set language = null"));

async function signIn(email: string, headers: Record<string, string>): Promise<string> {
  const request = post("/login", { email, password: demoPassword });
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  return cookieOf(await login(call(request)));
}
const choose = (language: string, cookie?: string) =>
  preferences(call(post("/preferences", { language }, { cookie })));
const kept = async () =>
  Object.fromEntries(
    (
      await stage.database.sql<{ email: string; language: string }>(
        "select email, language from users where language is not null",
      )
    ).map(({ email, language }) => [email, language]),
  );

const spanishBrowser = { "accept-language": "es-MX,es;q=0.9" };

test("the first sign-in keeps the browser's language for e-mails, a later one changes nothing", async () => {
  await signIn("ana@luz.example", spanishBrowser);
  expect(await kept()).toEqual({ "ana@luz.example": "es" });
  await signIn("ana@luz.example", { "accept-language": "en" });
  expect(await kept()).toEqual({ "ana@luz.example": "es" });
});

test("a sign-in that fails keeps nothing", async () => {
  const request = post("/login", { email: "ana@luz.example", password: "wrong" });
  request.headers.set("accept-language", "es");
  await login(call(request));
  expect(await kept()).toEqual({});
});

test("a choice is kept for the one who makes it, whatever was known before", async () => {
  const ana = await signIn("ana@luz.example", spanishBrowser);
  await signIn("leo@luz.example", spanishBrowser);
  await choose("en", ana);
  expect(await kept()).toEqual({ "ana@luz.example": "en", "leo@luz.example": "es" });
});

test("a choice of somebody who is not signed in, or of no language of ours, is kept for nobody", async () => {
  const ana = await signIn("ana@luz.example", { "accept-language": "en" });
  await choose("es");
  await choose("xx", ana);
  await choose("es", "__Host-curbe_session=made-up");
  expect(await kept()).toEqual({ "ana@luz.example": "en" });
});
