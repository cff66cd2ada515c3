import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { anyText, cases } from "#db/testing/generated.ts";
import { contentSamples } from "../../integrations/meta/whatsapp/webhook/testing/content-fixtures.ts";
import {
  bare,
  body,
  bodyOf,
  entry,
  inboundMessages,
  phoneNumberId,
} from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import {
  callEvent,
  handover,
  preference,
} from "../../integrations/meta/whatsapp/webhook/testing/sender-fixtures.ts";
import { isBlank } from "../../platform/text.ts";
import { untilTextsAreThere } from "../../texts/catalogue.ts";
import { around, numbered, replies, tree, types } from "../testing/anything-sent.ts";
import { drawnDelivery, drawnMessage } from "../testing/drawn-message.ts";

beforeAll(untilTextsAreThere);

/** Of no message, whatever it holds. */
function expectNoSlip({ html, text, line }: ReturnType<typeof drawnMessage>): void {
  expect(html).not.toMatch(/\[object|undefined|NaN|>null</);
  expect(line).not.toMatch(/\[object|undefined|NaN/);
  expect(isBlank(line)).toBe(false);
  // More than who it is from, and the time.
  const time = "20:59";
  expect(text).toContain(time);
  const said = text.replace(/^From (the customer|your business): /, "").replace(/20:59( · Sent)?/, "");
  expect(isBlank(said)).toBe(false);
}

describe("what is sent is shown", () => {
  test.each(Object.entries(contentSamples))("%s", (_name, { item, shows, hides = [], line, isEcho }) => {
    const drawn = drawnMessage(item, { isEcho: isEcho ?? false });
    for (const words of shows) expect(drawn.text).toContain(words);
    for (const words of hides) expect(drawn.html).not.toContain(words);
    expect(
      (drawn.view.direction === "outbound" ? "Your phone: " : "") + drawn.line.replaceAll("\n", " "),
    ).toBe(line);
    expect(drawn.text).not.toContain("Left out");
    expectNoSlip(drawn);
    const spanish = drawnMessage(item, { isEcho: isEcho ?? false, language: "es" });
    expect(spanish.html).not.toMatch(/\[object|undefined|NaN|>null</);
    for (const words of hides) expect(spanish.html).not.toContain(words);
  });

  test("in Spanish as well", () => {
    const { text, line } = drawnMessage(contentSamples["not shared: by its older name"]?.item ?? {}, {
      language: "es",
    });
    expect(text).toContain("Un tipo de mensaje que WhatsApp no comparte");
    expect(line).toBe("Un tipo de mensaje que WhatsApp no comparte");
  });

  test("a list that is longer than what is read says how much more there was", () => {
    const list = Array.from({ length: 80 }, (_, n) => `n${n}.`);
    const form = { nfm_reply: { response_json: JSON.stringify({ list }), name: "flow" } };
    const { text } = drawnMessage({ ...bare("interactive"), interactive: form });
    expect(text).toContain("n49.");
    expect(text).toContain("and 42 more");
    expect(text).toContain("Left out here: 30 more things");
    const cards = list.map((name) => ({ name: { formatted_name: name } }));
    expect(drawnMessage({ ...bare("contacts"), contacts: cards }).text).toContain(
      "Left out here: 30 more things",
    );
    const items = list.map((product_retailer_id) => ({
      product_retailer_id,
      quantity: 1,
      item_price: 1,
      currency: "EUR",
    }));
    const order = drawnMessage({ ...bare("order"), order: { product_items: items } }).text;
    expect(order).toContain("Left out here: 30 more things");
    expect(order).not.toContain("Total");
  });

  test("a text is cut at no less than 4,096 characters, and the cut shows", () => {
    const { text } = drawnMessage({ ...bare("hologram"), hologram: { words: "a👍🏽".repeat(5_000) } });
    expect(text).toContain(`${"a👍🏽".repeat(819)}a…`);
    expect(text).toContain("Left out here: 1 more thing");
  });
});

/** Whoever made a form named its fields; only tokens are for nobody there. A button without words is known by its payload. */
function expectHidden({ html, view }: ReturnType<typeof drawnMessage>, hidden: string[]): void {
  for (const text of hidden.filter((one) => one !== view.detail))
    if (view.kind !== "form" || text.startsWith("token")) expect(html).not.toContain(text);
}

/** Kinds that any of this can be read as; what else there is needs content of its own shape. */
const reached = [
  "text",
  "image",
  "video",
  "document",
  "audio",
  "voice",
  "sticker",
  "location",
  "contacts",
  "order",
  "reply",
  "form",
  "template",
  "reaction_removed",
  "edit",
  "revoke",
  "system",
  "welcome",
  "old_media",
  "unsupported",
  "other",
];

describe("whatever is sent", () => {
  test("every text for people stands in the thread, and none for machines", () => {
    const content = fc.oneof(
      fc.record({ type: fc.constantFrom(...types), inner: tree }),
      fc
        .record({ reply: fc.constantFrom(...replies), inner: tree })
        .map(({ reply, inner }) => ({ type: "interactive", inner: { type: reply, [reply]: inner } })),
      tree.map((inner) => ({ type: "interactive", inner: { nfm_reply: { response_json: inner } } })),
    );
    const kinds = new Set<string>();
    fc.assert(
      fc.property(
        content,
        tree,
        fc.constantFrom(...around),
        fc.boolean(),
        ({ type, inner }, more, beside, isEcho) => {
          const { value, shown, hidden } = numbered([inner, more, beside]);
          const [content, other, besides] = value as [unknown, unknown, object];
          const item = { ...bare(type), [type]: content, ...besides, new_part: other };
          const drawn = drawnMessage(item, { isEcho });
          expectNoSlip(drawn);
          expect(drawn.text).not.toContain("Left out");
          for (const text of shown) expect(drawn.text).toContain(text);
          expectHidden(drawn, hidden);
          kinds.add(drawn.view.kind);
        },
      ),
      cases(400),
    );
    expect([...kinds]).toEqual(expect.arrayContaining(reached));
  });

  test("around the messages, every text for people of what has no words of ours", () => {
    const wholes = { messaging_handovers: "handed_over", user_preferences: "preference", calls: "call" };
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(wholes)), tree, tree, (field, inner, more) => {
        const { value, shown, hidden } = numbered([inner, more]);
        const [content, other] = value as unknown[];
        const drawn = drawnDelivery(
          field === "messaging_handovers"
            ? body(entry(handover("control_passed", { metadata: content }, { new_part: other })))
            : field === "calls"
              ? bodyOf(
                  { calls: [callEvent("terminate", { reason: content, new_part: other })] },
                  phoneNumberId,
                  field,
                )
              : bodyOf(
                  { user_preferences: [preference("pause", { detail: content, new_part: other })] },
                  phoneNumberId,
                  field,
                ),
        );
        expectNoSlip(drawn);
        expectHidden(drawn, field === "messaging_handovers" ? [] : hidden);
        // A call says how long it took, and nothing that Meta words.
        if (field !== "calls") for (const text of shown) expect(drawn.text).toContain(text);
      }),
      cases(60),
    );
  });

  test("of what is too much for one message it says how much more there is", () => {
    const long = fc.array(fc.constantFrom("TEXT", { words: "TEXT" }), { minLength: 40, maxLength: 120 });
    const wide = fc
      .integer({ min: 150, max: 260 })
      .map((many) => Object.fromEntries(Array.from({ length: many }, (_, n) => [`n${n}`, "TEXT"])));
    const deep = fc
      .nat({ max: 50 })
      .map((levels) => Array.from({ length: levels }).reduce((inner) => ({ in: inner }), "TEXT" as unknown));
    let cutOff = 0;
    fc.assert(
      fc.property(
        fc.constantFrom("hologram", "text", "image", "form", "contacts", "order"),
        fc.oneof(long, wide, deep),
        (type, much) => {
          const { value, shown } = numbered(much);
          const item =
            type === "form"
              ? { ...bare("interactive"), interactive: { nfm_reply: { response_json: value } } }
              : { ...bare(type), [type]: value };
          const { text } = drawnMessage(item);
          const missing = shown.filter((one) => !text.includes(one));
          const said = Number(/Left out here: ([\d,]+) more things?/.exec(text)?.[1]?.replace(",", "") ?? 0);
          // Each of those here is one thing.
          expect(said).toBe(missing.length);
          cutOff += missing.length > 0 ? 1 : 0;
        },
      ),
      cases(60),
    );
    expect(cutOff).toBeGreaterThan(10);
  });

  test("in place of anything in a real item, the thread shows what took its place", () => {
    const samples = [
      ...Object.values(inboundMessages).map(({ item }) => item),
      ...Object.values(contentSamples).map(({ item }) => item),
      // Whose ids change stands in a notice; one that cannot be read is no message.
    ].filter(({ type }) => type !== "system");
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(40), tree, (sample, at, inner) => {
        const { value, shown, hidden } = numbered(inner);
        const item = structuredClone(sample);
        const name = replacePlace(item, at, value);
        const drawn = drawnMessage(item);
        expectNoSlip(drawn);
        expectHidden(drawn, hidden);
        if (name === null || drawn.view.kind.endsWith("_changed") || drawn.view.kind.startsWith("call_"))
          return;
        for (const text of shown) expect(drawn.text).toContain(text);
      }),
      cases(500),
    );
  });

  test("words that show nothing, or only signs of a look, are no empty bubble", () => {
    const sign = fc.constantFrom(..."\t \n\u200b\u2060\u3164\u0001*_~`>-1.a", "```", "* ", "> ", "- ", "1. ");
    fc.assert(
      fc.property(
        fc.constantFrom("text", "hologram", "button", "image", "edit"),
        fc.array(sign, { minLength: 1, maxLength: 6 }).map((signs) => signs.join("")),
        (type, words) => {
          const content = type === "button" ? { text: words } : { body: words, caption: words };
          const message = type === "edit" ? { message: { type: "text", text: { body: words } } } : content;
          expectNoSlip(drawnMessage({ ...bare(type), [type]: message }));
        },
      ),
      cases(300),
    );
  });

  test("any text at all is shown as it is", () => {
    fc.assert(
      fc.property(fc.constantFrom("text", "hologram"), anyText({ maxLength: 30 }), (type, words) => {
        const drawn = drawnMessage({ ...bare(type), [type]: { body: words } });
        expectNoSlip(drawn);
        expect(lettersOf(drawn.text)).toContain(lettersOf(words));
      }),
      cases(200),
    );
  });
});

/** Signs around words may be there for their look. */
function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, "");
}

/** Names whose place is read as something else, or not for people. */
const notForPeople =
  /^(id|type|timestamp|from|from_user_id|to|context|identity|errors|unsupported|emoji|url|link|vcard|code|policy|index|sub_type|format|country_code|origin|payload|sha256|mime_type|hash)$|_(id|url|token|clid|type)$|^(response_json|name)$/;

/** The `at`th place below the content of an item; returns its name, or null where what stands there is not for people. */
function replacePlace(item: Record<string, unknown>, at: number, value: unknown): string | null {
  const places: { holder: Record<string, unknown>; name: string; isShown: boolean }[] = [];
  const visit = (inner: unknown, isShown: boolean): void => {
    if (typeof inner !== "object" || inner === null) return;
    for (const [name, item] of Object.entries(inner)) {
      const isStill = isShown && !notForPeople.test(name);
      places.push({ holder: inner as Record<string, unknown>, name, isShown: isStill });
      visit(item, isStill);
    }
  };
  visit(item[String(item.type)], true);
  const place = places[at % Math.max(1, places.length)];
  if (!place) return null;
  place.holder[place.name] = value;
  return place.isShown ? place.name : null;
}
