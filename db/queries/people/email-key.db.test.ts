/** Who is one person by their address: the same for every spelling of it. */
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { findPerson, findSignInSubject } from "./people.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());

const keyOf = async (address: string) =>
  (await database.sql<{ key: string }>("select app.email_key($1) as key", [address]))[0]?.key;

describe("the key of an address", () => {
  test.each([
    ["case", "ANA@Luz.Example", "ana@luz.example"],
    ["case beyond ASCII", "ÁÑÖ@ЛУЧ.example", "áñö@луч.example"],
    ["space around it", " \t ana@luz.example \r\n", "ana@luz.example"],
    ["a space that does not break", "\u00a0ana@luz.example\u3000", "ana@luz.example"],
    ["width", "ａｎａ＠ｌｕｚ．example", "ana@luz.example"],
    ["composition", "jose\u0301@luz.example", "jos\u00e9@luz.example"],
    ["a sign for kelvin and a long s", "\u212aa\u017f@luz.example", "kas@luz.example"],
  ])("is the same whatever its %s", async (_what, one, other) => {
    expect(await keyOf(one)).toBe(await keyOf(other));
  });

  test.each([
    ["ana@luz.example", "ana@luz.examples"],
    ["an.a@luz.example", "ana@luz.example"],
    ["ana+1@luz.example", "ana@luz.example"],
    ["stra\u00dfe@luz.example", "strasse@luz.example"],
    ["\u0430na@luz.example", "ana@luz.example"],
  ])("tells %s from %s", async (one, other) => {
    expect(await keyOf(one)).not.toBe(await keyOf(other));
  });
});

describe("a person", () => {
  test("is one, is found by every spelling of the address, and keeps it as written", async () => {
    const tenant = "11111111-1111-4111-8111-111111111111";
    await database.sql("insert into tenants (id, name) values ($1, 'Luz')", [tenant]);
    await database.sql(
      `with u as (insert into users (email, password_hash) values ('Eva@luz.example', 'of Eva') returning id)
       insert into memberships (tenant_id, user_id, role) select $1, id, 'member' from u`,
      [tenant],
    );
    const [web, owner] = [database.as("app_web"), database.as("app_owner")];
    for (const spelling of ["Eva@luz.example", "eva@LUZ.example", " ｅｖａ@luz.example\t"]) {
      expect((await findSignInSubject(web, spelling)).candidate?.passwordHash).toBe("of Eva");
      const person = await owner.transaction().execute((trx) => findPerson(trx, spelling));
      expect(person?.email).toBe("Eva@luz.example");
      const again = database.sql("insert into users (email, password_hash) values ($1, '')", [spelling]);
      await expect(again).rejects.toThrow(/users_email_key_key/);
    }
    expect((await findSignInSubject(web, "eve@luz.example")).candidate).toBeUndefined();
  });

  test("who changes the address is found by the new one alone", async () => {
    await database.sql("update users set email = 'ＥＶＥ@luz.example' where email = 'Eva@luz.example'");
    const web = database.as("app_web");
    expect((await findSignInSubject(web, "eve@luz.example")).candidate?.passwordHash).toBe("of Eva");
    expect((await findSignInSubject(web, "eva@luz.example")).candidate).toBeUndefined();
  });
});
