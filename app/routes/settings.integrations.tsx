import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { cardView } from "../components/card-view.ts";
import { IntegrationsPage } from "../components/integrations-page.tsx";
import { texts } from "../components/texts.ts";
import { isConnecting, listConnections, pendingChoice } from "../integrations/connections.server.ts";
import { isReasonCode } from "../integrations/errors.ts";
import { mayConnectManually } from "../web/auth.server.ts";
import { services } from "../web/services.server.ts";
import { requireViewer } from "../web/session.server.ts";

export function meta() {
  return [{ title: `${texts.integrations.title} · ${texts.product}` }];
}

export async function loader({ request }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request);
  const { integrations } = services();
  const [connections, choice, connecting, byHand] = await Promise.all([
    listConnections(integrations, viewer.tenantId, "whatsapp"),
    pendingChoice(integrations, viewer, "whatsapp"),
    isConnecting(integrations, viewer, "whatsapp"),
    mayConnectManually(viewer),
  ]);
  const query = new URL(request.url).searchParams;
  const reason = query.get("whatsapp") === "error" ? query.get("reason") : null;
  return {
    card: cardView(connections, {
      choosing: choice !== null && (choice.numbers.length > 0 ? "several" : "none"),
      connecting,
      isAdmin: viewer.role === "admin",
    }),
    justConnected: query.get("whatsapp") === "connected",
    // A code of ours, or nothing: what else stands in the address is never shown.
    reason: isReasonCode(reason) ? reason : null,
    // Absent, and not false: for everybody else there is no such thing.
    ...(byHand ? { byHandPath: "/settings/integrations/whatsapp/manual" } : {}),
  };
}

export default function Integrations() {
  return <IntegrationsPage {...useLoaderData<typeof loader>()} />;
}
