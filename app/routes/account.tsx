import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { AccountPage } from "../components/account/account-page.tsx";
import { titled } from "../components/frame/page-handle.tsx";
import { pageTexts } from "../texts/pages.ts";
import { redirectWithNotice } from "../web/frame/frame.server.ts";
import { readForm } from "../web/http/input.server.ts";
import {
  changeOwnPassword,
  endOwnOtherSessions,
  otherSessionsOf,
} from "../web/session/own-account.server.ts";
import { requireViewer } from "../web/session/session.server.ts";

export const handle = titled((texts) => pageTexts(texts).account.own.title);

export async function loader({ request }: LoaderFunctionArgs) {
  const { email } = await requireViewer(request);
  return { email, otherSessions: await otherSessionsOf(request) };
}

export async function action({ request }: ActionFunctionArgs) {
  const viewer = await requireViewer(request);
  if ((await readForm(request)).get("act") === "end_sessions") {
    await endOwnOtherSessions(request);
    return redirectWithNotice(request, "/account", "sessions_ended");
  }
  const outcome = await changeOwnPassword(request, viewer);
  if (outcome.kind === "changed") {
    const headers = outcome.setCookies.map((value): [string, string] => ["Set-Cookie", value]);
    return redirect("/account", { status: 303, headers });
  }
  if (outcome.kind === "refused") return data(outcome, { status: 400 });
  return data(outcome, { status: 429, headers: { "Retry-After": String(outcome.retryAfterSeconds) } });
}

export function headers({ actionHeaders }: { actionHeaders: Headers }) {
  return actionHeaders;
}

export default function Account() {
  return <AccountPage {...useLoaderData<typeof loader>()} refused={useActionData<typeof action>()} />;
}
