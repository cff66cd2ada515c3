/** Messages that name one person in several ways are one contact's; two contacts that turn out to be one person are merged. */
import { sql as rawSql } from "kysely";
import { describe, expect, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/fixtures.ts";
import { norteNumber } from "../testing/inbox-stage.ts";
import { type Ids, inBody, peopleStage, says } from "../testing/people-stage.ts";

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
