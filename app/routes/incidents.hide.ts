import { type ActionFunctionArgs, redirect } from "@remix-run/node";
import { hideIncidents } from "../web/frame/hidden-incidents.server.ts";
import { fieldOf, readForm } from "../web/http/input.server.ts";
import { safeReturnTo } from "../web/http/request.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session/session.server.ts";

/** `POST`: what is said above every page is hidden from this person for a day, then back to where it stood. */
export async function action({ request }: ActionFunctionArgs) {
  await requireViewer(request);
  const form = await readForm(request);
  const hidden = hideIncidents(request, fieldOf(form, "incidents", 2_048), services().integrations.now());
  const back = safeReturnTo(fieldOf(form, "returnTo", 500), "/");
  return redirect(back, { status: 303, headers: { "Set-Cookie": hidden } });
}

/** Nothing to see. */
export async function loader() {
  return redirect("/", 303);
}
