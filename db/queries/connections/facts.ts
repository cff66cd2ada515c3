/**
 * What a connection remembers beside its columns (`channel_connections.metadata`): its one schema. Whoever reads goes
 * through `factsOf`, and the statements that write take `ConnectionFacts`. Columns, not facts, are what SQL finds or
 * judges rows by; the exceptions are named where they stand.
 */
import { z } from "zod";

/** Of any form that names a moment: the product, PostgreSQL and older products write them differently. */
const time = z.string().refine((value) => !Number.isNaN(Date.parse(value)));

/** As if absent where it cannot be read. */
function part<Schema extends z.ZodType>(schema: Schema) {
  return schema.optional().catch(undefined);
}

/** Those of a list that can be read. */
function listOf<Schema extends z.ZodType>(schema: Schema) {
  return z.array(z.unknown()).transform((all) => all.flatMap((one) => readOne(schema, one)));
}

/** Those that can be read, by name. */
function byName<Schema extends z.ZodType>(schema: Schema) {
  return z.record(z.string(), z.unknown()).transform((all) => {
    const read = Object.entries(all).flatMap(([name, one]) => readOne(schema, one).map((it) => [name, it]));
    return Object.fromEntries(read) as Record<string, z.output<Schema>>;
  });
}

function readOne<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema>[] {
  const read = schema.safeParse(value);
  return read.success ? [read.data] : [];
}

/** Why a connection needs attention, and since when. */
const incident = z.looseObject({ code: z.string(), at: time });
/** The latest that the platform told of one thing, in its own words. */
const word = z.looseObject({
  event: part(z.string()),
  ban_state: part(z.string()),
  current_limit: part(z.union([z.string(), z.number()])),
  at: time,
});
const stepMark = z.object({ result: z.enum(["done", "failed"]), at: time, code: part(z.string()) });
const steps = byName(stepMark);
/** What became of asking the platform for something that it gives once. */
const asked = z.object({
  result: z.enum(["asked", "too_late", "refused"]),
  at: time,
  code: part(z.string()),
});
/** Of a number that lives on in an app on somebody's phone: its contacts and chats of before. */
const history = z.object({
  contacts: part(asked),
  chats: part(asked),
  /** Percent of the chats that have come, and when the last of these did. */
  progress: part(z.number()),
  progress_at: part(time),
  /** The owner of the phone keeps them back. */
  declined_at: part(time),
});
const number = z.object({
  accountId: z.string(),
  phoneNumberId: z.string(),
  e164: z.string(),
  displayName: z.string(),
});

const connectionFacts = z.object({
  /** The person, and the moment of the latest connect. */
  connected_by: part(z.string()),
  connected_at: part(time),
  /** Set beside the sealed token, so that an earlier one of the same row is no longer taken for its own. */
  token_mark: part(z.string()),
  /** The steps up to the connect, by name; `deliveries` and `registration` are the later ones. */
  steps: part(steps),
  deliveries: part(
    z.object({ state: z.enum(["starting", "on", "failed"]), code: part(z.string()), at: part(time) }),
  ),
  registration: part(
    z.object({
      result: z.enum(["open", "registered", "failed"]),
      code: part(z.string()),
      at: part(time),
      /** When it may be tried again. */
      again_at: part(time),
      /** How often it was put off. */
      waits: part(z.int()),
    }),
  ),
  /** What a kept grant reaches; `unread` while that has not been told. */
  choices: part(z.object({ numbers: listOf(number), unread: part(z.boolean()) })),
  /** Of a connection in `error`, under the name that integrators read. The newest cause; those behind it are its `also`. */
  error: part(incident.extend({ also: part(listOf(incident)), missing: part(listOf(z.string())) })),
  /** By cause, when the platform last spoke of it. */
  told: part(byName(time)),
  /** Meta's last news of the quality (`FLAGGED`, say); its rating is a column of `connection_health`. */
  quality: part(word),
  name_status: part(word),
  limits: part(word),
  restriction: part(word),
  /** Since the latest connect. */
  history: part(history),
  /** The last message before a silence; null once that is over. */
  silent_since: part(time.nullable()),
  test_skipped_at: part(time),
  revoked_by: part(z.string()),
  revoked_at: part(time),
  /** The connection that carries on instead. */
  superseded_by: part(z.string()),
  /** The number that another workspace has by now. */
  former_phone_number_id: part(z.string()),
  given_up_at: part(time),
});

/** All optional. A null or a part that is not of its shape was read as absent. */
export type ConnectionFacts = z.output<typeof connectionFacts>;
export type Incident = z.output<typeof incident>;
export type HistoryFacts = z.output<typeof history>;
export type StepMark = z.output<typeof stepMark>;

/** The names that are the product's own: what an older product keeps there must not be taken for ours. */
export const factNames: readonly string[] = Object.keys(connectionFacts.shape);

/** Never throws: a part that cannot be read is as if it were absent, and the rest is still read. */
export function factsOf({ metadata }: { metadata: unknown }): ConnectionFacts {
  return connectionFacts.safeParse(metadata).data ?? {};
}

/** A connection's `error` alone, as the queries that list connections bring it. */
export function incidentOf(error: unknown): Incident | undefined {
  return incident.safeParse(error).data;
}

/** The steps kept with something else than a connection: the event of an attempt that failed. */
export function stepsIn(detail: { steps?: unknown }): Record<string, StepMark> {
  return steps.safeParse(detail.steps).data ?? {};
}

/** The whole of `metadata` with these facts in place of their earlier ones; undefined takes a fact away. */
export function withFacts(metadata: unknown, facts: ConnectionFacts): Record<string, unknown> {
  const isObject = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
  const all = Object.entries({ ...(isObject ? metadata : {}), ...facts });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}
