import { type ActionFunctionArgs, redirect } from "@remix-run/node";
import { endSession } from "../web/session/session.server.ts";

export async function action({ request }: ActionFunctionArgs) {
  return redirect("/login?signedOut", { status: 303, headers: { "Set-Cookie": await endSession(request) } });
}

/** Opened by hand it changes nothing: signing out is a POST. */
export async function loader() {
  return redirect("/", 303);
}

export default function Logout() {
  return null;
}
