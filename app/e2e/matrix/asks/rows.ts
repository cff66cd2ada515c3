/**
 * The matrix: for each route of the build what is asked of it, with every id that it reads standing for something of
 * another workspace. A route without a row fails the test, and so does a row without a route.
 */

import type { Tenant } from "../tenant/tenant.ts";
import { asking, type Parked, posting, type Row, within } from "./asks.ts";
import { connecting, numbers } from "./rows-connections.ts";
import { fromMeta, inbox, operations } from "./rows-inbox.ts";

/** `theirs` is whose ids are tried, `own` the workspace of whoever tries. */
export function matrixRows(theirs: Tenant, own: Tenant, parked: Parked): Record<string, Row> {
  const everyId = ofEachShape(theirs, parked);
  return {
    ...framework(everyId),
    ...accounts(theirs, everyId),
    ...connecting(theirs, everyId),
    ...numbers(theirs, own, everyId),
    ...inbox(theirs, own, everyId),
    ...operations(theirs, parked, everyId),
    ...fromMeta(theirs, parked, everyId),
  };
}

/** For where ids of another kind belong: a uuid, a row's number, Meta's numbers, words. */
function ofEachShape({ ids }: Tenant, { items }: Parked): string[] {
  const kinds = [ids.session, ids.contact, ids.phoneNumberId, ids.wamid, ids.nonce, items];
  return kinds.flatMap((kind) => kind.slice(0, 1));
}

/** A person's own account, and a password that is forgotten: another person's are tried. */
function accounts({ people, ids }: Tenant, everyId: string[]): Record<string, Row> {
  const addresses = Object.values(people).map(({ email }) => email);
  const password = "nobody sets this one 7";
  return {
    account: {
      audience: "member",
      loader: [{ path: "/account" }],
      action: [
        ...posting("/account", "user", ids.user, { current: "wrong", password }),
        { path: "/account", fields: { act: "end_sessions" } },
      ],
      shows: true,
    },
    "login_.forgot": {
      audience: "public",
      loader: [{ path: "/login/forgot" }],
      action: posting("/login/forgot", "email", [
        addresses[0] ?? "",
        addresses[2] ?? "",
        "nobody@casa.example",
      ]),
    },
    "login_.reset": {
      audience: "public",
      loader: [{ path: "/login/reset" }, ...asking("/login/reset", "token", everyId)],
      action: posting("/login/reset", "token", everyId, { password }),
    },
  };
}

function framework(everyId: string[]): Record<string, Row> {
  return {
    root: {
      audience: "public",
      loader: [{ path: "/login" }, { path: "/settings/integrations?_routes=root" }],
    },
    $: {
      audience: "public",
      loader: within("/nowhere", everyId),
      action: posting("/nowhere", "id", everyId.slice(0, 3)),
    },
    _index: { audience: "member", loader: [{ path: "/" }] },
    login: {
      audience: "public",
      loader: [
        { path: "/login?signedOut" },
        { path: "/login?passwordChanged" },
        ...asking("/login", "returnTo", ["/conversations", ...everyId.map((id) => `/conversations/${id}`)]),
      ],
      action: [{ path: "/login", fields: { email: "", password: "", returnTo: "/conversations" } }],
    },
    // Ends the session: a cookie that nothing else uses is sent.
    logout: { audience: "public", loader: [{ path: "/logout" }], action: [{ path: "/logout", fields: {} }] },
    preferences: {
      audience: "public",
      loader: [{ path: "/preferences" }],
      action: [
        { path: "/preferences", fields: { language: "en" } },
        { path: "/preferences", fields: { theme: "dark" } },
      ],
    },
    "incidents.hide": {
      audience: "member",
      loader: [{ path: "/incidents/hide" }],
      action: everyId.map((id) => ({
        path: "/incidents/hide",
        fields: { incidents: id, returnTo: `/conversations/${id}` },
      })),
    },
  };
}

/** Names of all parameters that a row gives a value to. */
export function parameterNames({ loader = [], action = [] }: Partial<Row> = {}): Set<string> {
  return new Set(
    [...loader, ...action].flatMap(({ path, fields, json }) => [
      ...new URLSearchParams(path.split("?")[1] ?? "").keys(),
      ...Object.keys(fields ?? {}),
      ...Object.keys(json ?? {}),
    ]),
  );
}
