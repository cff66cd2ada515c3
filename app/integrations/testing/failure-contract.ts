/** The part of the contract about a platform that fails: one kind of error, which says nothing it must not. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { Secret } from "../../platform/secret.server.ts";
import type { ChannelConnector } from "../channel.server.ts";
import { ChannelError } from "../channel-error.server.ts";
import { type ConnectorStage, type Fault, redirectUri } from "./connector-stage.ts";

const returned = { flow: "redirect", redirectUri } as const;
const pin = new Secret("131313");

/** Every method that asks the platform something. */
function methodsOf(
  stage: ConnectorStage,
  token: Secret,
): [string, (with_: ChannelConnector) => Promise<unknown>][] {
  const { one } = stage;
  const open = stage.unregistered?.open.phoneNumberId;
  const code = stage.codeFor("one");
  return [
    ["exchangeCode", (connector) => connector.exchangeCode(code, returned)],
    ["findReach", (connector) => connector.findReach(token)],
    ["startDeliveries", (connector) => connector.startDeliveries(token, one.accountId)],
    ["stopDeliveries", (connector) => connector.stopDeliveries(token, one.accountId)],
    ["checkAccess", (connector) => connector.checkAccess(token, one)],
    ...(open === undefined ? [] : registrationMethods(token, open)),
  ];
}

function registrationMethods(
  token: Secret,
  id: string,
): [string, (with_: ChannelConnector) => Promise<unknown>][] {
  return [
    ["registration.read", async (connector) => connector.registration?.read(token, id)],
    ["registration.register", async (connector) => connector.registration?.register(token, id, pin)],
  ];
}

/** What each method throws, once the platform is at fault. */
async function thrown(stage: ConnectorStage, fault: Fault): Promise<[string, unknown][]> {
  const { accessToken: token } = await stage.connect().exchangeCode(stage.codeFor("many"), returned);
  const methods = methodsOf(stage, token);
  stage.breakWith(fault);
  const timeoutMs = fault === "hang" ? 50 : 5_000;
  const errors: [string, unknown][] = [];
  for (const [name, call] of methods) {
    const answered = call(stage.connect({ timeoutMs })).then(() => "no error at all");
    errors.push([name, await answered.catch((error: unknown) => error)]);
  }
  expectNothingSecret(stage, errors, [token.reveal(), pin.reveal(), ...stage.secrets]);
  return errors;
}

function expectNothingSecret(stage: ConnectorStage, errors: [string, unknown][], secrets: string[]): void {
  const said = errors.flatMap(([, error]) => [
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 9, showHidden: true }),
  ]);
  for (const secret of secrets) {
    expect(said.join("\n")).not.toContain(secret);
    expect(stage.written()).not.toContain(secret);
  }
}

export function describeFailures(stage: () => ConnectorStage): void {
  describe("of a platform that fails", () => {
    test.each(["hang", "reset", "bad_gateway"] as const)("every method says later to: %s", async (fault) => {
      for (const [name, error] of await thrown(stage(), fault)) {
        expect(error, name).toBeInstanceOf(ChannelError);
        expect(error, name).toMatchObject({ kind: "retry_later", mayPass: true });
      }
    });

    test("every method refuses an answer of another shape", async () => {
      for (const [name, error] of await thrown(stage(), "wrong_shape")) {
        expect(error, name).toBeInstanceOf(ChannelError);
        expect(error, name).toMatchObject({ mayPass: true });
      }
    });

    test("no method follows a redirect, wherever it leads", async () => {
      let visits = 0;
      const trap = createServer((_request, response) => {
        visits++;
        response.end("{}");
      });
      await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void trap.close());
      const redirectTo = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/elsewhere`;
      for (const [name, error] of await thrown(stage(), { redirectTo })) {
        expect(error, name).toBeInstanceOf(ChannelError);
      }
      expect(visits).toBe(0);
    });
  });
}
