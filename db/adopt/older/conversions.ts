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
export const uuidForm = "'^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'";

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
  if (base === "timestamptz" || base === "timestamp" || base === "date")
    return { value: (ref) => finite(`${ref}::timestamptz`), fails: (ref) => isNoDate(`${ref}::timestamptz`) };
  if (whole.has(base) || fractional.has(base)) return { value: (ref) => epoch(ref), fails: isNoEpoch };
  if (!textual.has(base)) return undefined;
  const read = (ref: string) => `${trimmed(ref)}::timestamptz`;
  return {
    value: (ref) =>
      `case when ${trimmed(ref)} ~ ${digits} then ${epoch(`${trimmed(ref)}::numeric`)} else ${finite(read(ref))} end`,
    fails: (ref) =>
      `case when ${trimmed(ref)} ~ ${digits} then false
            when pg_temp.curbe_becomes(${trimmed(ref)}, 'timestamptz') then ${isNoDate(read(ref))} else true end`,
  };
}

/** A token that ends never has no end, and nothing was made before all time: JavaScript has no such dates. */
const finite = (time: string) => `case when isfinite(${time}) then ${time} end`;
/** Of a year that cannot be written in four digits. */
const isNoDate = (time: string) =>
  `isfinite(${time}) and (${time} < '0001-01-02Z' or ${time} >= '9999-12-31Z')`;
/** Milliseconds after the year 9999, and what is no number. */
const isNoEpoch = (number: string) => `not (abs(${number}::float8) < 253402214400000)`;

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
