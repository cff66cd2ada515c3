import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import type { CardView } from "../components/connect/card-view.ts";
import { type ChannelOnPage, IntegrationsPage } from "../components/connect/integrations-page.tsx";
import { SignupWindows } from "../components/connect/signup-window/form.tsx";
import { titled } from "../components/frame/page-handle.tsx";
import { type ChannelId, channelIds, channels, settingsPath } from "../integrations/catalog.ts";
import { pendingChoice } from "../integrations/connect/number-choice.server.ts";
import { isConnecting } from "../integrations/connect/oauth-states.server.ts";
import { isReasonCode } from "../integrations/connect/reasons.ts";
import { signupWindows } from "../web/connect/channel-request.server.ts";
import { type Fields, readQuery } from "../web/http/input.server.ts";
import { cardWithTest } from "../web/numbers/number-pages.server.ts";
import { services } from "../web/services.server.ts";
import { mayConnectManually } from "../web/session/auth.server.ts";
import { requireViewer, type Viewer } from "../web/session/session.server.ts";

export const handle = {
  ...titled((texts) => texts.integrations.title),
  /** Something comes by itself: what a live page shows at once, one without a script asks for. */
  refreshWithoutScript: ({ cards }: { cards: ChannelOnPage[] }) =>
    cards.some(({ card }) =>
      card.numbers.some(
        ({ state, test }) => state === "starting" || (state === "awaitingTest" && test !== null),
      ),
    ),
};

export async function loader({ request }: LoaderFunctionArgs) {
  const viewer = await requireViewer(request);
  const query = readQuery(request);
  const [byHand, ...cards] = await Promise.all([
    mayConnectManually(viewer),
    ...channelIds().map((channel) => cardOf(channel, viewer, query)),
  ]);
  return {
    windows: signupWindows(),
    cards: cards.map((card) => ({
      ...card,
      // Absent, and not false: for everybody else there is no such thing.
      ...(byHand ? { byHandPath: `${settingsPath(card.channel)}/manual` } : {}),
    })),
  };
}

async function cardOf(channel: ChannelId, viewer: Viewer, query: Fields): Promise<ChannelOnPage> {
  const { integrations } = services();
  const [choice, connecting] = await Promise.all([
    pendingChoice(integrations, viewer, channel),
    isConnecting(integrations, viewer, channel),
  ]);
  const { path } = channels[channel];
  const reason = query.get(path) === "error" ? query.get("reason") : null;
  const justConnected = query.get(path) === "connected";
  const setting = { choosing: choosing(choice), connecting, isAdmin: viewer.role === "admin", justConnected };
  return {
    channel,
    card: await cardWithTest(channel, setting, viewer),
    justConnected,
    // A code of ours, or nothing: what else stands in the address is never shown.
    reason: isReasonCode(reason) ? reason : null,
  };
}

function choosing(choice: Awaited<ReturnType<typeof pendingChoice>>): CardView["choosing"] {
  if (choice === null) return false;
  if (choice.unread) return "unread";
  return choice.numbers.length > 0 ? "several" : "none";
}

export default function Integrations() {
  const { windows, ...page } = useLoaderData<typeof loader>();
  return (
    <SignupWindows windows={windows}>
      <IntegrationsPage {...page} />
    </SignupWindows>
  );
}
