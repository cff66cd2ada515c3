/** Who is one person by their address: the same for every spelling, and nobody of before is lost by it. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { findPerson, findSignInSubject } from "./queries/people.ts";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.ts";

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

describe("people of before", () => {
  test("who differ by spelling alone are kept, and each is found as written", async () => {
    await asBefore();
    const tenant = "11111111-1111-4111-8111-111111111111";
    await database.sql("insert into tenants (id, name) values ($1, 'Luz')", [tenant]);
    const written = [
      "ana@luz.example",
      "ａｎａ@luz.example",
      "Eva@luz.example",
      " leo@luz.example",
      "leo@luz.example",
    ];
    for (const [n, email] of written.entries()) {
      await database.sql(
        `with u as (insert into users (email, password_hash, created_at)
                    values ($1, $1, now() + $2 * interval '1 second') returning id)
         insert into memberships (tenant_id, user_id, role) select $3, id, 'member' from u`,
        [email, n, tenant],
      );
    }
    await database.sql(await statementsOfToday());
    expect(await database.sql("select from users")).toHaveLength(written.length);
    const web = database.as("app_web");
    const found = async (email: string) => (await findSignInSubject(web, email)).candidate?.passwordHash;
    for (const email of ["ana@luz.example", "ａｎａ@luz.example", "Eva@luz.example", "leo@luz.example"])
      expect(await found(email)).toBe(email.startsWith("leo") ? "leo@luz.example" : email);
    expect(await found("ANA@luz.example")).toBe("ana@luz.example");
    expect(await found("ｅｖａ@LUZ.example")).toBe("Eva@luz.example");
    const owner = database.as("app_owner");
    const person = await owner.transaction().execute((trx) => findPerson(trx, "ａｎａ@luz.example"));
    expect(person?.email).toBe("ａｎａ@luz.example");
    await expect(
      database.sql("insert into users (email, password_hash) values ('ＥＶＡ@luz.example', '')"),
    ).rejects.toThrow(/users_email_key_key/);
  });
});

/** Takes back what 0025 did to the table. */
async function asBefore(): Promise<void> {
  await database.sql(`drop trigger keep_email_key on users; drop index users_email_key_key;
    alter table users alter column email_key drop not null`);
}

/** What the migration does with the rows it finds, in its own words. */
async function statementsOfToday(): Promise<string> {
  const text = await readFile(new URL("./migrations/0025_accounts.sql", import.meta.url), "utf8");
  const [statements] =
    /update users u\s+set email_key[\s\S]+?execute function app\.keep_email_key\(\);/.exec(text) ?? [];
  return statements ?? "select 1/0";
}
