/** What the Integrations page and a number's own page read of a number. */
import { generate } from "lean-qr";
import { toSvgPath } from "lean-qr/extras/svg";
import {
  cardView,
  type NumberTest,
  type NumberView,
  newestOf,
  numberView,
} from "../../components/connect/card-view.ts";
import { type ChannelId, channels } from "../../integrations/catalog.ts";
import { listConnections } from "../../integrations/connection/connections.server.ts";
import { latestMessages } from "../../integrations/health/number-health.server.ts";
import { services } from "../services.server.ts";
import type { Viewer } from "../session/session.server.ts";

/** What it takes to send a number its first message. */
export function testOf(channel: ChannelId, { number }: Pick<NumberView, "number">): NumberTest | null {
  if (!number) return null;
  const link = channels[channel].writeTo(number.replaceAll(/\D/g, ""));
  return { link, qr: qrCodeOf(link) };
}

/** One number of the viewer's workspace, also one that was disconnected; 404 for any other. */
export async function numberFor(viewer: Viewer, channel: ChannelId, id: string): Promise<NumberView> {
  const { integrations } = services();
  const connections = await listConnections(integrations, viewer, channel);
  const found = connections.find((one) => one.id === id && one.isOfNumber);
  if (!found || found.status === "pending") throw new Response(null, { status: 404 });
  const messages = await latestMessages(integrations, viewer.tenantId, channel, id);
  const isAdmin = viewer.role === "admin";
  return numberView(found, { isAdmin, now: integrations.now(), latestMessages: messages });
}

/** The card of a channel. The number that has just been connected is shown with its test. */
export async function cardWithTest(
  channel: ChannelId,
  setting: Parameters<typeof cardView>[1] & { justConnected: boolean },
  viewer: Viewer,
): Promise<ReturnType<typeof cardView>> {
  const { integrations } = services();
  const [connections, messages] = await Promise.all([
    listConnections(integrations, viewer, channel),
    latestMessages(integrations, viewer.tenantId, channel),
  ]);
  const card = cardView(connections, { ...setting, latestMessages: messages });
  if (!setting.justConnected) return card;
  const newest = newestOf(card.numbers);
  const numbers = card.numbers.map((number) =>
    number === newest ? { ...number, test: testOf(channel, number) } : number,
  );
  return { ...card, numbers };
}

export interface QrCode {
  /** Modules along a side, without the quiet zone around it. */
  size: number;
  /** Of an SVG in units of one module: what is dark. */
  path: string;
}

export function qrCodeOf(text: string): QrCode {
  const code = generate(text);
  return { size: code.size, path: toSvgPath(code) };
}
