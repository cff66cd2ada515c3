/** What a row of the matrix is made of. */

export interface Ask {
  /** With its query. */
  path: string;
  /** Of a form that is posted; without it the page is asked for. */
  fields?: Record<string, string>;
  /** Instead of a form. */
  json?: object;
  headers?: Record<string, string>;
  /** An answer without an end is left after its beginning. */
  endless?: true;
}

/** Who may see anything there: everybody, who works in a workspace, its admins, the platform's own staff. */
export type Audience = "public" | "member" | "admin" | "staff";

export interface Row {
  audience: Audience;
  loader?: Ask[];
  action?: Ask[];
  /** The page says something of its own workspace to who works there. */
  shows?: true;
}

/** What belongs to no workspace: deliveries, what was set aside of them, and the record of a deletion. */
export interface Parked {
  deliveries: string[];
  items: string[];
  numbers: string[];
  deletionCode: string;
}

/** One page for each value of a query's parameter. */
export const asking = (path: string, name: string, values: string[]): Ask[] =>
  values.map((value) => ({
    path: `${path}${path.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(value)}`,
  }));

/** One form for each value of a field. */
export const posting = (
  path: string,
  name: string,
  values: string[],
  more: Record<string, string> = {},
): Ask[] => values.map((value) => ({ path, fields: { ...more, [name]: value } }));

export const within = (folder: string, ids: string[]): Ask[] =>
  ids.map((id) => ({ path: `${folder}/${encodeURIComponent(id)}` }));
