/** The part of the contract about readers of stored messages: total, and sure of what every channel stores alike. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyText, cases } from "#db/testing/generated.ts";
import type { ChannelMessages } from "../channel.server.ts";
import type { MessageEvent } from "../channel-events.server.ts";
import type { WebhookSamples } from "./reader-contract.ts";

export function describeMessages(
  name: string,
  { messages, webhook, bodies }: WebhookSamples & { messages: ChannelMessages },
): void {
  const { marks, summarize, read, referenceOf, failureOf } = messages;
  const stored = bodies
    .flatMap((body) => webhook.read(Buffer.from(JSON.stringify(body))).events)
    .filter((event): event is MessageEvent => event.kind === "message");
  const isMark = ({ type }: { type: string }) => marks.types.includes(type);

  describe(`the reader of messages of ${name}`, () => {
    test("is of the same channel as the reader of its deliveries", () => {
      expect(messages.channel).toBe(webhook.channel);
    });

    test("reads what the other one stored, to something that a page can be made of", () => {
      for (const message of stored) {
        const reading = read(message);
        expect(reading.kind).toBe(summarize(message).kind);
        expect(structuredClone(reading)).toEqual(reading);
      }
      expect(new Set(stored.map((message) => read(message).kind)).size).toBeGreaterThan(2);
    });

    test("knows of each mark what it is about, and of no other message that it is one", () => {
      expect(stored.filter(isMark).map(({ type }) => type)).toEqual(expect.arrayContaining(marks.types));
      for (const message of stored) {
        const as = referenceOf(message)?.as;
        if (isMark(message)) expect(["reaction", "edit", "deletion"]).toContain(as);
        else expect([undefined, "answer"]).toContain(as);
      }
    });

    test("tells the database where the id of a deleted message stands", () => {
      const deletions = stored.filter((message) => referenceOf(message)?.as === "deletion");
      expect(deletions.length > 0).toBe(marks.deletion !== null);
      for (const deletion of deletions) {
        expect(deletion.type).toBe(marks.deletion?.type);
        let id: unknown = deletion.content;
        for (const part of marks.deletion?.idPath ?? []) id = (id as Record<string, unknown>)[part];
        expect(id).toBe(referenceOf(deletion)?.providerMessageId);
      }
    });

    test("bears a message of which only a status has arrived, and types that are not known", () => {
      const nothing = { body: null, content: {} };
      expect(read({ ...nothing, type: "unknown" })).toEqual({
        kind: "unknown",
        text: null,
        detail: null,
        parts: {},
      });
      for (const type of ["hologram", "constructor", "__proto__", ""])
        expect(read({ ...nothing, type }).kind).toBe("other");
    });

    test("never throws, whatever is stored", () => {
      const types = fc.constantFrom(...stored.map(({ type }) => type));
      const body = fc.option(anyText());
      const places = fc.constantFrom(...stored.flatMap(({ content }) => Object.keys(content)));
      const content = fc.dictionary(places, fc.jsonValue());
      fc.assert(
        fc.property(fc.record({ type: types, body, content }), (message) => {
          expect(summarize(message).kind).toBe(read(message).kind);
          referenceOf(message);
        }),
        cases(200),
      );
      const error = fc.option(fc.dictionary(fc.constantFrom("code", "title", "why", "told"), fc.jsonValue()));
      fc.assert(
        fc.property(error, (told) => {
          for (const said of Object.values(failureOf(told)))
            expect(said === null || typeof said).toBeOneOf([true, "string"]);
        }),
        cases(100),
      );
    });
  });
}
