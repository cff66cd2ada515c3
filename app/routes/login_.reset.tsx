import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ResetPage } from "../components/account/reset-page.tsx";
import { titled } from "../components/frame/page-handle.tsx";
import { pageTexts } from "../texts/pages.ts";
import { readQuery } from "../web/http/input.server.ts";
import { keepResetToken, readReset, resetPassword } from "../web/session/password-reset.server.ts";

export const handle = titled((texts) => pageTexts(texts).account.reset.title);

/** The mail's link leads here with its token, and on to the same place without it. Opening it uses nothing up. */
export async function loader({ request }: LoaderFunctionArgs) {
  const query = readQuery(request);
  if (query.has("token")) {
    const cookie = keepResetToken(query.only("token", 64) ?? "");
    const headers = { "Set-Cookie": cookie, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer" };
    throw redirect("/login/reset", { status: 303, headers });
  }
  const email = await readReset(request);
  return data({ email: email ?? null }, { status: email ? 200 : 410 });
}

export async function action({ request }: ActionFunctionArgs) {
  const outcome = await resetPassword(request);
  if (outcome.kind === "set") {
    const headers = outcome.setCookies.map((value): [string, string] => ["Set-Cookie", value]);
    return redirect("/login?passwordChanged", { status: 303, headers });
  }
  if (outcome.kind === "refused") return data(outcome, { status: 400 });
  if (outcome.kind === "closed") return data(outcome, { status: 410 });
  return data(outcome, { status: 429, headers: { "Retry-After": String(outcome.retryAfterSeconds) } });
}

export function headers({ actionHeaders }: { actionHeaders: Headers }) {
  return actionHeaders;
}

export default function Reset() {
  return <ResetPage {...useLoaderData<typeof loader>()} refused={useActionData<typeof action>()} />;
}
