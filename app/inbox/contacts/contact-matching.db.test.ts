/** Messages that name one person in several ways are one contact's; two contacts that turn out to be one person are merged. */
import fc from "fast-check";
import { sql as rawSql } from "kysely";
import { describe, expect, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { cases } from "#db/testing/generated.ts";
import { norteNumber } from "../testing/inbox-stage.ts";
import { changesNumber, type Ids, inBody, peopleStage, says } from "../testing/people-stage.ts";

const secondNumber = "777000111222444";
const { inbox, sql, deliverAll, processIds, process, count, eachAlone, contacts, threads, everything } =
  peopleStage();

describe("a contact", () => {
  const from = (id: string, ids: Record<string, string>) => ({
    ...meta.textMessage(id),
    from: undefined,
    ...ids,
  });
  const contacts = () => sql("select wa_id, user_id from contacts order by id");
  const conversationOf = async (id: string) =>
    (await sql("select conversation_id from messages where provider_message_id = $1", [id]))[0]
      ?.conversation_id;

  test("known by one id is found by it and given the other", async () => {
    await process(meta.bodyOf({ messages: [from("wamid.1", { from: "34600" })] }));
    await process(meta.bodyOf({ messages: [from("wamid.2", { from: "34600", from_user_id: "ES.1" })] }));
    await process(meta.bodyOf({ messages: [from("wamid.3", { from_user_id: "ES.1" })] }));
    expect(await contacts()).toEqual([{ wa_id: "34600", user_id: "ES.1" }]);
    await process(meta.bodyOf({ messages: [from("wamid.4", { from_user_id: "ES.2" })] }));
    await process(meta.bodyOf({ messages: [from("wamid.5", { from: "34700", from_user_id: "ES.2" })] }));
    expect((await contacts())[1]).toEqual({ wa_id: "34700", user_id: "ES.2" });
    expect(await conversationOf("wamid.1")).toBe(await conversationOf("wamid.3"));
    expect(await conversationOf("wamid.4")).toBe(await conversationOf("wamid.5"));
  });

  test("named three ways in one body is one contact", async () => {
    const messages: Record<string, string>[] = [
      { from_user_id: "ES.1" },
      { from: "34600" },
      { from: "34600", from_user_id: "ES.1" },
    ];
    await process(meta.bodyOf({ messages: messages.map((ids, n) => from(`wamid.${n}`, ids)) }));
    expect(await contacts()).toEqual([{ wa_id: "34600", user_id: "ES.1" }]);
    expect(await count("conversations")).toBe(1);
  });

  test("keeps its newest name, and a name when none is sent", async () => {
    const named = (name: string, timestamp: string) =>
      meta.bodyOf({
        contacts: [{ wa_id: meta.waId, profile: { name } }],
        messages: [meta.textMessage(`wamid.${timestamp}`, meta.waId, "x", timestamp)],
      });
    await process(named("Ana", "1749416500"));
    await process(named("Ana Luz", "1749416700"));
    await process(named("Anita", "1749416600"));
    await process(meta.bodyOf({ messages: [meta.textMessage("wamid.X", meta.waId, "x", "1749416900")] }));
    expect(await sql("select profile_name from contacts")).toEqual([{ profile_name: "Ana Luz" }]);
  });

  test("of two workspaces is two contacts", async () => {
    const value = { contacts: meta.people, messages: [meta.textMessage("wamid.L")] };
    await process(
      meta.bodyOf(value),
      meta.bodyOf({ ...value, messages: [meta.textMessage("wamid.N")] }, norteNumber),
    );
    expect(await sql("select tenant_id from contacts where wa_id = $1 order by id", [meta.waId])).toEqual(
      [inbox.luz, inbox.norte]
        .map(({ tenantId }) => ({ tenant_id: tenantId }))
        .sort((a, b) => (a.tenant_id < b.tenant_id ? -1 : 1)),
    );
  });
});

describe("a line that is spelt in several ways", () => {
  const mexico = { long: "5215587654321", short: "525587654321" };
  const brazil = { long: "5511987654321", short: "551187654321" };
  const argentina = { long: "5491123456789", short: "541123456789" };
  const paired = (id: string, { long, short }: typeof argentina, at = 0) =>
    meta.bodyOf({
      contacts: [{ wa_id: long, profile: { name: "Ana" } }],
      messages: [says(id, { wa: short }, at)],
    });
  const said = (id: string, wa: string, at = 0) => inBody(says(id, { wa }, at));
  const delivered = (id: string, recipient: string) =>
    meta.bodyOf({ statuses: [meta.status(id, "read", meta.sentAt, { recipient_id: recipient })] });
  const echoed = (id: string, to: string) =>
    meta.bodyOf({ message_echoes: [meta.echo(id, to)] }, meta.phoneNumberId, "smb_message_echoes");

  test("is one person's, whether they speak, are spoken to, or are told of", async () => {
    await process(said("a", mexico.long), said("b", mexico.short), said("c", "+52 1 55 8765 4321"));
    await process(delivered("d", mexico.short), echoed("e", `+${mexico.long}`));
    await process(said("f", brazil.short));
    await process(echoed("g", brazil.long), delivered("h", `+${brazil.short}`));
    expect(await threads()).toEqual([`${mexico.short} -: a b c d e`, `${brazil.long} -: f g h`]);
  });

  test("is two lines where two may exist", async () => {
    const landline = ["551133334444", "5511933334444"];
    await process(...landline.map((wa, n) => said(`l${n}`, wa)));
    await process(said("a", argentina.long), said("b", argentina.short));
    expect(await threads()).toEqual([
      "541123456789 -: b",
      "5491123456789 -: a",
      "551133334444 -: l0",
      "5511933334444 -: l1",
    ]);
  });

  test("in Argentina is one from when Meta names both, with the conversations that were", async () => {
    await process(said("a", argentina.long, 1));
    await process(said("b", argentina.short, 2));
    const opened = await sql<{ id: string }>("select id from conversations order by id");
    await process(paired("c", argentina, 3));
    await process(
      said("d", argentina.short, 4),
      said("e", argentina.long, 5),
      delivered("f", argentina.short),
    );
    expect(await threads()).toEqual([`${argentina.long} -: a b c d e f`]);
    expect(await sql("select former_id, conversation_id from conversation_aliases")).toEqual([
      { former_id: opened[1]?.id, conversation_id: opened[0]?.id },
    ]);
    const before = await everything();
    await process(paired("c", argentina, 3), said("d", argentina.short, 4));
    expect(await everything()).toEqual(before);
  });

  test("of two user ids stays two people's", async () => {
    await process(inBody(says("a", { wa: argentina.long, user: "AR.1" }, 1)));
    await process(inBody(says("b", { wa: argentina.short, user: "AR.2" }, 2)));
    await process(paired("c", argentina, 3));
    expect(await threads()).toEqual([`541123456789 AR.2: b c`, `5491123456789 AR.1: a`]);
  });

  test("ends as the same rows in whatever order, and however often, its spellings are told", async () => {
    const bodies = [
      said("a", mexico.long, 1),
      said("b", mexico.short, 2),
      said("c", `+${mexico.long}`, 3),
      said("d", mexico.long, 4),
      inBody(says("e", { wa: mexico.short, user: "MX.1" }, 5)),
      inBody(says("f", { user: "MX.1" }, 2)),
      delivered("g", mexico.short),
      said("h", brazil.short, 3),
      echoed("i", brazil.long),
      inBody(says("j", { wa: brazil.short, user: "BR.1" }, 1)),
      inBody(changesNumber("k", { wa: brazil.long }, { wa: "5521976543210" }, 6)),
      said("l", "552176543210", 7),
      said("m", argentina.long, 1),
      said("n", argentina.short, 5),
      paired("o", argentina, 3),
      paired("p", argentina, 4),
      delivered("q", argentina.short),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...bodies.keys()], { minLength: bodies.length }),
        fc.array(fc.nat(bodies.length - 1), { maxLength: 4 }),
        fc.constantFrom(1, 3, 20),
        async (order, again, atOnce) => {
          await inbox.database.empty("contacts", "webhook_deliveries");
          const told = [...order, ...again].map((n) => bodies[n]);
          while (told.length > 0) await process(...told.splice(0, atOnce));
          expect(await threads()).toEqual([
            `${mexico.short} MX.1: a b c d e f g`,
            `${argentina.long} -: m n o p q`,
            "5521976543210 BR.1: h i j k l",
          ]);
          expect(await contacts()).toHaveLength(3);
        },
      ),
      cases(12),
    );
  });
});

describe("two contacts that turn out to be one person", () => {
  test("become the older one, with all conversations, messages and the later times", async () => {
    await sql(
      `with c as (insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id)
         values ($1, 'meta_whatsapp', 'active', '1', $2) returning id)
       insert into number_claims (provider, phone_number_id, tenant_id, connection_id, claimed_at)
       select 'meta_whatsapp', $2, $1, id, '2020-01-01' from c`,
      [inbox.luz.tenantId, secondNumber],
    );
    await eachAlone(
      says("a", { wa: "34600" }, 1),
      says("b", { user: "ES.1" }, 9),
      says("c", { wa: "34600" }, 5),
    );
    await process(meta.bodyOf({ messages: [says("d", { user: "ES.1" }, 3)] }, secondNumber));
    await eachAlone(says("e", { wa: "34600", user: "ES.1" }, 7));
    expect(await contacts()).toEqual([{ wa_id: "34600", user_id: "ES.1" }]);
    expect(await threads()).toEqual(["34600 ES.1: a b c e", "34600 ES.1: d"]);
    const at = (seconds: number) => new Date((Number(meta.sentAt) + seconds) * 1000);
    expect(await sql("select contact_id, last_message_at from conversations order by id")).toEqual([
      { contact_id: "1", last_message_at: at(9) },
      { contact_id: "1", last_message_at: at(3) },
    ]);
  });

  test("stay one, whatever is said again", async () => {
    const messages = [
      says("a", { wa: "34600" }),
      says("b", { user: "ES.1" }),
      says("c", { wa: "34600", user: "ES.1" }),
    ];
    await eachAlone(...messages);
    const before = await everything();
    await eachAlone(...messages);
    await process(inBody(...messages, ...messages.toReversed()));
    expect(await everything()).toEqual(before);
  });

  test("never across workspaces", async () => {
    await process(inBody(says("a", { wa: "34600" })));
    await process(meta.bodyOf({ messages: [says("b", { user: "ES.1" })] }, norteNumber));
    await process(inBody(says("c", { wa: "34600", user: "ES.1" })));
    expect(await sql("select tenant_id, wa_id, user_id from contacts order by id")).toEqual([
      { tenant_id: inbox.luz.tenantId, wa_id: "34600", user_id: "ES.1" },
      { tenant_id: inbox.norte.tenantId, wa_id: null, user_id: "ES.1" },
    ]);
    // Nor by the function itself, whichever of the two workspaces it is told.
    const before = await everything();
    const merge = (tenantId: string, kept: number, gone: number) =>
      rawSql`select app.merge_contacts(${tenantId}, ${kept}, ${gone})`.execute(inbox.deps.db);
    await merge(inbox.luz.tenantId, 1, 2);
    await merge(inbox.norte.tenantId, 2, 1);
    await expect(merge(inbox.norte.tenantId, 1, 2)).rejects.toThrow(/foreign key/);
    expect(await everything()).toEqual(before);
  });

  test("become one while many speak for them at once, and nothing is set aside", async () => {
    await sql(
      `alter database ${new URL(inbox.database.url).pathname.slice(1)} set deadlock_timeout = '10ms'`,
    ).catch((error: { code?: string }) => expect(error.code).toBe("42501"));
    const ways: Ids[] = [{ wa: "1" }, { user: "U1" }, { wa: "2" }, { user: "U2" }];
    const both: Ids[] = [
      { wa: "1", user: "U1" },
      { wa: "2", user: "U2" },
    ];
    const bodies = Array.from({ length: 120 }, (_, n) => {
      const pick = (list: Ids[], k: number) => list[k % list.length] ?? {};
      const late = n > 30;
      return inBody(
        says(`a${n}`, pick(late ? [...ways, ...both] : ways, n)),
        says(`b${n}`, pick(late ? [...both, ...ways] : ways, n * 7 + 1)),
      );
    });
    const ids = await deliverAll(bodies);
    const queue = ids.entries();
    const outcomes: string[] = [];
    const lane = async () => {
      for (const [, id] of queue) outcomes.push(...(await processIds([id])).outcomes);
    };
    await Promise.all(Array.from({ length: 6 }, lane));
    expect(outcomes).toEqual(Array(120).fill("processed"));
    expect((await contacts()).map(({ wa_id, user_id }) => `${wa_id} ${user_id}`).sort()).toEqual([
      "1 U1",
      "2 U2",
    ]);
    expect((await threads()).map((thread) => thread.split(" ").length - 2).reduce((a, b) => a + b)).toBe(240);
    expect(await threads()).toHaveLength(2);
  });
});
