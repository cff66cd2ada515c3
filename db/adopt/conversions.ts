/** How a column of another type becomes one of ours, as SQL, and for which of its values it does not. */
import type { OldColumn } from "./old-tables.ts";

export type Kind = "uuid" | "text" | "time" | "json" | "integer";

export interface Conversion {
  /** The value in our type; blanks are null where the type has none. */
  value(ref: string): string;
  /** True for a value that `value` cannot make; undefined where it can make every one. */
  fails?: (ref: string) => string;
}

const textual = new Set(["text", "varchar", "bpchar", "citext", "name"]);
const whole = new Set(["int2", "int4", "int8"]);
const fractional = new Set(["numeric", "float4", "float8"]);

export function isTextual({ base }: OldColumn): boolean {
  return textual.has(base);
}

/** How the column becomes a value of that kind, or undefined where its type has no sensible way. */
export function conversionTo(kind: Kind, column: OldColumn): Conversion | undefined {
  return { uuid: toUuid, text: toText, time: toTime, json: toJson, integer: toInteger }[kind](column);
}

const trimmed = (ref: string) => `nullif(btrim(${ref}::text), '')`;
const uuidForm = "'^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'";

function toUuid({ base }: OldColumn): Conversion | undefined {
  if (base === "uuid") return { value: (ref) => ref };
  if (!textual.has(base)) return undefined;
  return {
    value: (ref) => `${trimmed(ref)}::uuid`,
    fails: (ref) => `${trimmed(ref)} !~* ${uuidForm}`,
  };
}

function toText({ base }: OldColumn): Conversion | undefined {
  if (textual.has(base) || whole.has(base) || base === "uuid" || base === "enum") return { value: trimmed };
  if (base !== "numeric") return undefined;
  return { value: (ref) => `trim_scale(${ref})::text`, fails: (ref) => `${ref} <> trunc(${ref})` };
}

/** Seconds since 1970, or milliseconds where seconds would lie thousands of years away. */
const epoch = (number: string) =>
  `to_timestamp((case when abs(${number}) >= 1e11 then ${number} / 1000.0 else ${number} end)::float8)`;
const digits = "'^[0-9]{9,14}$'";

function toTime({ base }: OldColumn): Conversion | undefined {
  if (base === "timestamptz") return { value: (ref) => ref };
  if (base === "timestamp" || base === "date") return { value: (ref) => `${ref}::timestamptz` };
  if (whole.has(base) || fractional.has(base)) return { value: (ref) => epoch(ref) };
  if (!textual.has(base)) return undefined;
  return {
    value: (ref) =>
      `case when ${trimmed(ref)} ~ ${digits} then ${epoch(`${trimmed(ref)}::numeric`)}
            else ${trimmed(ref)}::timestamptz end`,
    fails: (ref) =>
      `${trimmed(ref)} !~ ${digits} and not pg_temp.curbe_becomes(${trimmed(ref)}, 'timestamptz')`,
  };
}

/** Whether the column's times say no zone, so that the session's is taken. */
export function lacksZone({ base }: OldColumn): boolean {
  return base === "timestamp" || base === "date" || textual.has(base);
}

function toJson({ base }: OldColumn): Conversion | undefined {
  if (base === "jsonb") return { value: (ref) => ref };
  if (base.startsWith("_")) return { value: (ref) => `to_jsonb(${ref})` };
  if (base !== "json" && !textual.has(base)) return undefined;
  return {
    value: (ref) => `${trimmed(ref)}::jsonb`,
    fails: (ref) => `not pg_temp.curbe_becomes(${trimmed(ref)}, 'jsonb')`,
  };
}

function toInteger({ base }: OldColumn): Conversion | undefined {
  return whole.has(base) ? { value: (ref) => `${ref}::bigint` } : undefined;
}

/** PostgreSQL 15 has no way to ask whether a text is a value of a type: this session's own. Null is one of every type. */
export const becomesFunction = `
  create function pg_temp.curbe_becomes(said text, wanted text) returns boolean language plpgsql as $$
  begin
    execute format('select %L::%s', said, wanted);
    return true;
  exception when others then
    return said is null;
  end $$`;
