import express, { type Request, type Response, type Router } from "express";
import { z } from "zod";
import type { Switches } from "../world/switches.ts";
import type { Control } from "./control.ts";
import * as inputs from "./inputs.ts";
import { ruleSchema } from "./scenarios.ts";

interface Route {
  method: "get" | "post" | "delete";
  path: string;
  run: (body: unknown) => unknown;
}

/** The control API: JSON in, JSON out; 400 with `{error}` for input it does not understand. */
export function controlApi(control: Control): Router {
  const router = express.Router();
  for (const route of [...sendingRoutes(control), ...worldRoutes(control), ...observingRoutes(control)]) {
    router[route.method](route.path, (request, response) => void answer(route, request, response));
  }
  router.use((_request, response) => void response.status(404).json({ error: "no such control route" }));
  return router;
}

/** Pairs a schema with a control function. */
function taking<S extends z.ZodType>(schema: S, run: (input: z.output<S>) => unknown): Route["run"] {
  return (body) => run(schema.parse(body ?? {}));
}

function sendingRoutes(control: Control): Route[] {
  return [
    { method: "post", path: "/messages", run: taking(inputs.messageSchema, control.sendMessage) },
    { method: "post", path: "/batches", run: taking(inputs.batchSchema, control.sendBatch) },
    {
      method: "post",
      path: "/account-updates",
      run: taking(inputs.accountUpdateSchema, control.sendAccountUpdate),
    },
    { method: "post", path: "/samples", run: control.sendDashboardSample },
    { method: "post", path: "/raw", run: taking(inputs.rawSchema, control.sendRaw) },
    { method: "post", path: "/deliveries/resend", run: taking(inputs.resendSchema, control.resend) },
    {
      method: "post",
      path: "/signed-requests",
      run: taking(inputs.signedRequestSchema, control.sendSignedRequest),
    },
  ];
}

function worldRoutes(control: Control): Route[] {
  const andSnapshot = async (change: unknown) => {
    await change;
    return control.snapshot();
  };
  return [
    { method: "post", path: "/numbers", run: taking(inputs.numberSchema, control.addNumber) },
    { method: "post", path: "/wabas", run: taking(inputs.wabaSchema, control.addWaba) },
    { method: "post", path: "/tokens", run: taking(inputs.tokenSchema, control.mintToken) },
    { method: "post", path: "/tokens/revoke", run: taking(inputs.revokeSchema, control.revokeTokens) },
    { method: "post", path: "/codes", run: taking(inputs.codeSchema, control.mintCode) },
    { method: "post", path: "/handshake", run: () => control.challengeCallback() },
    {
      method: "post",
      path: "/switches",
      run: taking(inputs.switchesSchema, (input) =>
        andSnapshot(control.setSwitches(input as Partial<Switches>)),
      ),
    },
    {
      method: "post",
      path: "/scenarios",
      run: taking(ruleSchema, (rule) => andSnapshot(control.addScenario(rule))),
    },
    { method: "delete", path: "/scenarios", run: () => andSnapshot(control.clearScenarios()) },
    {
      method: "post",
      path: "/clock",
      run: taking(inputs.clockSchema, (input) => andSnapshot(control.advanceClock(input.advanceMs))),
    },
    { method: "post", path: "/reset", run: () => andSnapshot(control.reset()) },
  ];
}

function observingRoutes(control: Control): Route[] {
  return [
    { method: "get", path: "/world", run: () => control.snapshot() },
    {
      method: "get",
      path: "/calls",
      run: () => ({ exchangeAttempts: control.exchangeAttempts(), calls: control.calls() }),
    },
  ];
}

async function answer(route: Route, request: Request, response: Response): Promise<void> {
  try {
    const result = await route.run(readJson(request));
    response.json(result ?? { ok: true });
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    response.status(400).json({ error: reason });
  }
}

function readJson(request: Request): unknown {
  const text = Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "";
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("the body is not JSON");
  }
}
