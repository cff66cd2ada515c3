/** Connecting a number, and the pages and acts about one. */

import type { Tenant } from "../tenant/tenant.ts";
import { type Ask, asking, posting, type Row, within } from "./asks.ts";

export const api = "/api/integrations/meta/whatsapp";
export const settings = "/settings/integrations";
const channel = `${settings}/whatsapp`;

export function connecting(theirs: Tenant, everyId: string[]): Record<string, Row> {
  const { ids } = theirs;
  const states = [...ids.nonce, ...ids.state];
  const callback = (more: Record<string, string>): Ask[] =>
    states.map((state) => ({ path: `${api}/callback?${new URLSearchParams({ state, ...more })}` }));
  return {
    "api.integrations.meta.$channel.start": {
      audience: "member",
      loader: [{ path: `${api}/start` }],
      action: [
        { path: `${api}/start`, fields: { flow: "popup" } },
        { path: `${api}/start`, json: { flow: "redirect", number: "on_phone" } },
      ],
    },
    "api.integrations.meta.$channel.callback": {
      audience: "member",
      loader: [
        ...callback({ code: "a-code" }),
        ...callback({ error: "access_denied" }),
        ...callback({ error_code: "1349195", error_message: "trouble" }),
        ...callback({ code: "a-code", phone_number_id: ids.phoneNumberId[0] ?? "" }),
      ],
      action: states.map((state) => ({
        path: `${api}/callback`,
        fields: { state, code: "a-code", phone_number_id: ids.phoneNumberId[0] ?? "" },
      })),
    },
    "api.integrations.meta.$channel.status": {
      audience: "member",
      loader: [
        { path: `${api}/status` },
        ...asking(`${api}/status`, "connectionId", ids.connection.slice(0, 2)),
      ],
      action: posting(`${api}/status`, "connectionId", ids.connection.slice(0, 1)),
      shows: true,
    },
    "api.integrations.meta.$channel.disconnect": {
      audience: "member",
      loader: [{ path: `${api}/disconnect` }],
      action: [
        ...posting(`${api}/disconnect`, "connectionId", [...ids.connection, ...everyId]),
        ...ids.connection.map((connectionId) => ({ path: `${api}/disconnect`, json: { connectionId } })),
      ],
    },
    "settings.integrations": {
      audience: "member",
      loader: [
        { path: settings },
        { path: `${settings}?whatsapp=connected` },
        ...asking(`${settings}?whatsapp=error`, "reason", ["number_taken", ...everyId]),
      ],
      shows: true,
    },
    "settings.integrations_.$channel.choose-number": {
      audience: "member",
      loader: [{ path: `${channel}/choose-number` }],
      action: [
        ...posting(`${channel}/choose-number`, "phoneNumberId", [...ids.phoneNumberId, ...everyId]),
        { path: `${channel}/choose-number`, fields: { intent: "look" } },
      ],
      shows: true,
    },
    "settings.integrations_.$channel.number": {
      audience: "member",
      loader: [{ path: `${channel}/number` }],
      action: [{ path: `${channel}/number`, fields: { intent: "look" } }],
    },
    "settings.integrations_.$channel.manual": {
      audience: "admin",
      loader: [{ path: `${channel}/manual` }],
      action: ids.phoneNumberId.slice(0, 2).map((phoneNumberId) => ({
        path: `${channel}/manual`,
        fields: { wabaId: ids.waba[0] ?? "", phoneNumberId, accessToken: "EAAnobodysToken" },
      })),
    },
  };
}

export function numbers({ ids }: Tenant, own: Tenant, everyId: string[]): Record<string, Row> {
  const steps = ["registration", "deliveries"];
  const filters = [
    { path: "" },
    ...asking("", "number", [...ids.connection, ...everyId]),
    ...asking("", "before", [...ids.event, ...everyId]),
    ...asking("?days=90&what=connections", "who", ["me", "others", "automatic", ...ids.user]),
  ];
  const at = (path: string) => filters.map((one) => ({ path: path + one.path }));
  return {
    "settings.integrations_.$channel.activity": {
      audience: "member",
      loader: at(`${channel}/activity`),
      shows: true,
    },
    "settings.integrations_.$channel.activity[.]csv": {
      audience: "member",
      loader: at(`${channel}/activity.csv`),
      shows: true,
    },
    "settings.integrations_.$channel.disconnect": {
      audience: "member",
      loader: [
        { path: `${channel}/disconnect` },
        ...asking(`${channel}/disconnect`, "connection", [...ids.connection, ...everyId]),
      ],
      shows: true,
    },
    "settings.integrations_.$channel.numbers.$id": {
      audience: "member",
      loader: [
        ...within(`${channel}/numbers`, [...ids.connection, ...everyId]),
        { path: `${channel}/numbers/${ids.connection[0]}?check=refused` },
        { path: `${channel}/numbers/${own.ids.connection[0]}` },
      ],
      action: ids.connection.flatMap((id) =>
        posting(`${channel}/numbers/${id}`, "intent", ["check", "skip"]),
      ),
      shows: true,
    },
    "settings.integrations_.$channel.retry": {
      audience: "member",
      loader: [{ path: `${channel}/retry` }],
      action: steps.flatMap((step) =>
        posting(`${channel}/retry?step=${step}`, "connectionId", ids.connection),
      ),
    },
  };
}
