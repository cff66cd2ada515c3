import { type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { requireViewer } from "../web/session/session.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  await requireViewer(request);
  return redirect("/settings/integrations", 303);
}

export default function Index() {
  return null;
}
