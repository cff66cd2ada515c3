/** The made-up channel as a connector: the least that a second channel has to bring. For tests. */
import { z } from "zod";
import { Secret } from "../../platform/secret.server.ts";
import type { ChannelId } from "../catalog.ts";
import type { ChannelConnector, Reach, ReachableNumber } from "../channel.server.ts";
import { ChannelError, type ChannelErrorKind } from "../channel-error.server.ts";
import { carrierRights } from "./carrier-platform.ts";

export const carrier = "carrier" as ChannelId;

interface CarrierConfig {
  url: string;
  clientId: string;
  clientSecret: string;
  timeoutMs?: number | undefined;
}

const keyAnswer = z.object({ key: z.string().min(1), until: z.iso.datetime().nullable() });
const selfAnswer = z.object({
  client: z.string(),
  rights: z.array(z.string()),
  accounts: z.array(z.string()),
});
const linesAnswer = z.object({
  lines: z.array(z.object({ id: z.string(), dial: z.string(), label: z.string() })),
  more: z.boolean(),
});
const feedsAnswer = z.object({ feeds: z.array(z.object({ client: z.string(), to: z.string().nullable() })) });
const lineAnswer = z.object({ id: z.string(), label: z.string() });

export function createCarrierConnector(config: CarrierConfig): ChannelConnector {
  const { ask, feeds, line } = endpointsOf(config);
  return {
    channel: carrier,
    appId: config.clientId,
    signupWindow: undefined,
    authorizeUrl({ state, redirectUri }) {
      return `${config.url}/consent?${new URLSearchParams({ client: config.clientId, state, back: redirectUri })}`;
    },
    async exchangeCode(code, { redirectUri }) {
      const json = { client: config.clientId, secret: config.clientSecret, code, back: redirectUri };
      const { key, until } = await ask({ endpoint: "redeem", path: ["redeem"], json, schema: keyAnswer });
      return { accessToken: new Secret(key), expiresAt: until ? new Date(until) : undefined };
    },
    findReach: (token) => findReach(config, ask, token),
    reachStepOf: ({ endpoint }) => (endpoint === "self" ? "access_seen" : "number_proved"),
    async startDeliveries(token, account) {
      await feeds(token, account, "PUT");
      if (!(await feeds(token, account))) throw new ChannelError("retry_later", { endpoint: "feeds" });
    },
    async stopDeliveries(token, account) {
      await feeds(token, account, "DELETE");
    },
    registration: undefined,
    phoneHistory: undefined,
    async checkAccess(token, { accountId, phoneNumberId }) {
      const { label: displayName } = await line(token, phoneNumberId);
      const feed = await feeds(token, accountId);
      return {
        displayName,
        deliveries: !feed ? "missing" : feed.to === null ? "ours" : "elsewhere",
        registration: undefined,
      };
    },
  };
}

function endpointsOf(config: CarrierConfig) {
  const ask = caller(config);
  const feeds = async (token: Secret, account: string, method = "GET") => {
    const path = ["accounts", account, "feeds"];
    const { feeds: found } = await ask({ endpoint: "feeds", method, path, token, schema: feedsAnswer });
    return found.find(({ client }) => client === config.clientId);
  };
  const line = (token: Secret, id: string) =>
    ask({ endpoint: "line", path: ["lines", id], token, schema: lineAnswer });
  return { ask, feeds, line };
}

async function findReach(config: CarrierConfig, ask: Ask, token: Secret): Promise<Reach> {
  const self = await ask({ endpoint: "self", path: ["self"], token, schema: selfAnswer });
  if (self.client !== config.clientId) throw new ChannelError("reconnect", { endpoint: "self" });
  const missingPermissions = carrierRights.filter((right) => !self.rights.includes(right));
  const reach = { scopes: self.rights, missingPermissions, expiresAt: undefined, metaUserId: undefined };
  if (missingPermissions.length > 0) return { ...reach, accountIds: [], numbers: [] };
  const numbers: ReachableNumber[] = [];
  for (const account of self.accounts) numbers.push(...(await linesOf(ask, token, account)));
  return { ...reach, accountIds: self.accounts, numbers };
}

async function linesOf(ask: Ask, token: Secret, accountId: string): Promise<ReachableNumber[]> {
  const found: ReachableNumber[] = [];
  for (let page = 0; page < 20; page++) {
    const path = ["accounts", accountId, "lines"];
    const { lines, more } = await ask({ endpoint: "lines", path, page, token, schema: linesAnswer });
    for (const { id, dial, label } of lines) {
      const e164 = `+${dial.replace(/\D/g, "").replace(/^00/, "")}`;
      found.push({ accountId, phoneNumberId: id, e164, displayName: label });
    }
    if (!more) break;
  }
  return found;
}

interface Call<Schema extends z.ZodType> {
  endpoint: string;
  path: string[];
  schema: Schema;
  method?: string;
  page?: number;
  token?: Secret;
  json?: object;
}
type Ask = <Schema extends z.ZodType>(call: Call<Schema>) => Promise<z.infer<Schema>>;

const kinds: Record<string, ChannelErrorKind> = {
  key_dead: "reconnect",
  not_yours: "permission",
  code_bad: "rejected",
};

function caller({ url, timeoutMs = 5_000 }: CarrierConfig): Ask {
  return async ({ endpoint, path, schema, method, page, token, json }) => {
    const fail = (kind: ChannelErrorKind) => new ChannelError(kind, { endpoint });
    const address = `${url}/${path.map(encodeURIComponent).join("/")}${page ? `?page=${page}` : ""}`;
    const answer = await fetch(address, {
      method: method ?? (json ? "POST" : "GET"),
      headers: token ? { authorization: `Key ${token.reveal()}` } : {},
      body: json ? JSON.stringify(json) : null,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch(() => undefined);
    if (!answer || answer.status >= 500) throw fail("retry_later");
    const body: unknown = await new Response(answer.text).json().catch(() => undefined);
    if (answer.status < 300) {
      const parsed = schema.safeParse(body);
      if (parsed.success) return parsed.data;
      throw fail("bug");
    }
    const named = z.object({ problem: z.string() }).safeParse(body).data?.problem;
    throw fail((named && kinds[named]) || "bug");
  };
}
