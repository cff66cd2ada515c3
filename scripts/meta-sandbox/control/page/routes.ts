import express, { type Request, type Router } from "express";
import { z } from "zod";
import type { Control } from "../control.ts";
import { SETTING_ACTIONS } from "./forms.ts";
import { controlPage } from "./page.ts";
import type { FormAction } from "./parts.ts";
import { SEND_ACTIONS } from "./sends.ts";

const ACTIONS: Record<string, { run: FormAction }> = { ...SEND_ACTIONS, ...SETTING_ACTIONS };

const KEPT_RESULTS = 20;

/** The page and its forms: every POST ends in a 303 back to the page, which then says what happened. */
export function controlPageRoutes(control: Control): Router {
  const router = express.Router();
  // Results wait here rather than in the address: one of them may show a token.
  const results: string[] = [];
  let taken = 0;
  router.get("/", (request, response) => {
    const asked = new URL(request.originalUrl, "http://sandbox").searchParams.get("result");
    const result = asked === null ? null : (results[Number(asked) - (taken - results.length)] ?? null);
    response.set("Cache-Control", "no-store").type("html").send(controlPage(control, result));
  });
  router.post("/forms/:name", (request, response, next) => {
    runForm(control, request)
      .then((result) => {
        results.push(result);
        taken += 1;
        if (results.length > KEPT_RESULTS) results.shift();
        response.redirect(303, `/sandbox?result=${taken - 1}`);
      })
      .catch(next);
  });
  return router;
}

async function runForm(control: Control, request: Request): Promise<string> {
  const name = request.params.name ?? "";
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (!action) return "Unknown form.";
  const all = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString("utf8") : "");
  const form = Object.fromEntries([...all].filter(([, value]) => value !== ""));
  try {
    return await action.run(control, form, all);
  } catch (error) {
    return `Not done: ${error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message}`;
  }
}
