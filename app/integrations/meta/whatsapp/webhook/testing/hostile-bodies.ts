import { bare, body, bodyOf, bytes, entry, textMessage } from "./fixtures.ts";

/** Bodies that no reader may choke on: each with whether anything in it can be read. */
export const hostileBodies: Record<string, Uint8Array> = {
  empty: Buffer.from(""),
  "not JSON": Buffer.from("<html>"),
  truncated: bytes(bodyOf({ messages: [textMessage("wamid.T")] })).slice(0, 80),
  "invalid UTF-8": Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  "a number": Buffer.from("1e400"),
  null: Buffer.from("null"),
  "an array": Buffer.from("[]"),
  "an array 100,000 deep": Buffer.from("[".repeat(100_000) + "]".repeat(100_000)),
  "an object 100,000 deep": Buffer.from(`${'{"entry":'.repeat(100_000)}1${"}".repeat(100_000)}`),
  "100,000 deep with a long number": Buffer.from(
    `[12345678901234567890,${"[".repeat(100_000)}${"]".repeat(100_000)}]`,
  ),
  "no object": bytes({ entry: [] }),
  "object is a number": bytes({ object: 7, entry: [] }),
  "entry is an object": bytes({ object: "whatsapp_business_account", entry: { id: "1" } }),
  "entries of every wrong kind": bytes({
    object: "whatsapp_business_account",
    entry: [null, 7, "x", [], {}, { changes: 7 }],
  }),
  "changes of every wrong kind": bytes(
    body({ id: "1", changes: [null, 7, "x", [], {}, { field: 7 }, { field: "messages" }] }),
  ),
  "value is a list": bytes(body(entry({ field: "messages", value: [] }))),
  "no metadata": bytes(body(entry({ field: "messages", value: { messages: [textMessage("wamid.M")] } }))),
  "metadata is a list": bytes(body(entry({ field: "messages", value: { metadata: [], messages: [] } }))),
  "messages is an object": bytes(bodyOf({ messages: { 0: textMessage("wamid.M") } })),
  "messages of every wrong kind": bytes(
    bodyOf({ messages: [null, 7, "x", [], {}], statuses: [null, 7, "x", [], {}] }),
  ),
  "a type that is a method": bytes(
    bodyOf({ messages: [{ ...bare("constructor") }, { ...bare("__proto__") }, bare("toString")] }),
  ),
  "keys of the prototype": Buffer.from(
    '{"object":"whatsapp_business_account","__proto__":{"entry":[]},"constructor":{"prototype":{"polluted":1}},"entry":[{"__proto__":{"changes":[]},"id":"1","changes":[]}]}',
  ),
};
