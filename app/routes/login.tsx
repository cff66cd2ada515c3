import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { LoginPage } from "../components/account/login-page.tsx";
import { titled } from "../components/frame/page-handle.tsx";
import { fieldOf, readForm, readQuery } from "../web/http/input.server.ts";
import { safeReturnTo } from "../web/http/request.server.ts";
import { signIn } from "../web/session/auth.server.ts";
import { readViewer } from "../web/session/session.server.ts";

export const handle = titled((texts) => texts.login.title);

export async function loader({ request }: LoaderFunctionArgs) {
  const query = readQuery(request);
  const returnTo = safeReturnTo(query.get("returnTo"), "");
  if (await readViewer(request)) throw redirect(returnTo || "/settings/integrations", 303);
  const told = query.has("passwordChanged") ? "passwordChanged" : query.has("signedOut") && "signedOut";
  return { returnTo, told: told || undefined } as const;
}

export async function action({ request }: ActionFunctionArgs) {
  const form = await readForm(request);
  const returnTo = safeReturnTo(fieldOf(form, "returnTo"), "");
  const outcome = await signIn(request);
  if (outcome.kind === "signed_in") {
    const headers = outcome.setCookies.map((value): [string, string] => ["Set-Cookie", value]);
    return redirect(returnTo || "/settings/integrations", { status: 303, headers });
  }
  const refused = { refusal: outcome, email: form.typed("email", 254), returnTo };
  if (outcome.kind !== "too_many") return data(refused, { status: 400 });
  return data(refused, { status: 429, headers: { "Retry-After": String(outcome.retryAfterSeconds) } });
}

export function headers({ actionHeaders }: { actionHeaders: Headers }) {
  return actionHeaders;
}

export default function Login() {
  const { returnTo, told } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  return <LoginPage returnTo={refused?.returnTo ?? returnTo} told={told} refused={refused} />;
}
