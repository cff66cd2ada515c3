import { type ActionFunctionArgs, data } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { ForgotPage } from "../components/account/forgot-page.tsx";
import { titled } from "../components/frame/page-handle.tsx";
import { pageTexts } from "../texts/pages.ts";
import { askForReset, readResetOffer } from "../web/session/password-reset.server.ts";

export const handle = titled((texts) => pageTexts(texts).account.forgot.title);

export async function loader() {
  return readResetOffer();
}

export async function action({ request }: ActionFunctionArgs) {
  const outcome = await askForReset(request);
  if (outcome.kind === "asked") return data(outcome, { status: 200 });
  if (outcome.kind === "incomplete") return data(outcome, { status: 400 });
  return data(outcome, { status: 429, headers: { "Retry-After": String(outcome.retryAfterSeconds) } });
}

export function headers({ actionHeaders }: { actionHeaders: Headers }) {
  return actionHeaders;
}

export default function Forgot() {
  return <ForgotPage {...useLoaderData<typeof loader>()} outcome={useActionData<typeof action>()} />;
}
