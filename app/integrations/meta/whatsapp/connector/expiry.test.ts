/** Times in Meta's answers that no date can hold are answers of another shape, and never an error of our own. */
import { expect, test } from "vitest";
import type { z } from "zod";
import { Secret } from "../../../../platform/secret.server.ts";
import type { GraphCall, GraphClient } from "../../graph.server.ts";
import { findReach } from "./reach.server.ts";
import { exchangeCode } from "./sign-up.server.ts";

const config = {
  appId: "12345",
  appSecret: new Secret("app-secret"),
  graphUrl: "",
  dialogUrl: "",
  graphVersion: "v25.0",
  log: { info() {}, warn() {}, error() {} },
};

/** A client that gets this answer to everything, checked by the call's schema as the real one does. */
const answering = (answer: object): GraphClient => ({
  call: async <Schema extends z.ZodType>({ schema }: GraphCall<Schema>) => schema.parse(answer),
});

const never = [1e300, -1, 253_402_300_800_000, Number.MAX_SAFE_INTEGER];

test.each(never)("a token that ends at %d", async (expires_at) => {
  const data = { app_id: "12345", is_valid: true, expires_at, scopes: [], granular_scopes: [] };
  await expect(findReach(config, answering({ data }), new Secret("token"))).rejects.toThrow(/expires_at/);
});

test.each(never)("a token that ends in %d seconds", async (expires_in) => {
  const graph = answering({ access_token: "EAAtoken", expires_in });
  const exchanged = exchangeCode(config, graph, () => new Date(), "code", {
    flow: "redirect",
    redirectUri: "",
  });
  await expect(exchanged).rejects.toThrow(/expires_in/);
});
