/** Conversations: none, many, unread, found and not found, and one of everything that can be said in them. */
import type { Page } from "@playwright/test";
import { KIND_GROUPS } from "../../../scripts/meta-sandbox/webhooks/kinds.ts";
import { contentSamples } from "../../integrations/meta/whatsapp/webhook/testing/content-fixtures.ts";
import { beSignedIn, rows } from "../journeys/journey.ts";
import { bringAbout } from "./attention.ts";
import { connect, leo, marta, type State, work, write } from "./world.ts";

const list = "/conversations";
const long = "Supercalifragilístico".repeat(12);
const names = [
  "María José Fernández de la Cruz y Hernández-Villaseñor, Comercializadora del Bajío S.A. de C.V.",
  long,
  "محمد عبد الرحمن الهاشمي",
  "שרה לוי־כהן",
  "👩‍🍳🥐 Panes & Más 🥖🎂",
  "王小明",
  "<b>Ana</b> &amp; {{hijos}}",
];
const texts = [
  "Buenos días. Quisiera saber si el viernes por la tarde tienen roscas grandes, porque somos veinte personas y una es alérgica a la nuez; si no, díganme qué recomiendan y cuánto costaría con envío a la colonia Roma.",
  `${long}${long}`,
  "مرحبا، هل المخبز مفتوح يوم الجمعة؟ شكرا جزيلا 🌹",
  "שלום, מתי אתם פותחים ב־24.12? 🕎 תודה!",
  "🎉🎉🎉",
  "你好,请问星期五几点开门?",
  "https://panaderialuz.example/pedidos?producto=rosca-grande&cantidad=20&envio=colonia-roma-norte#formulario\n\n  con   espacios\ny otra línea",
];

/** People whose names and words are hard on a layout, one message of each and more of the first. */
async function manyWrite(page: Page): Promise<void> {
  await connect(page, leo);
  await write(
    names.map((name, at) => ({
      text: texts[at],
      sender: { phone: `5255${String(60_000_000 + at)}`, name },
      timestamp: now() - 3_600 * 26 * (names.length - at),
    })),
  );
  const unnamed = { phone: "525560009999", name: "" };
  await write([{ kind: "image", text: "Así la quiero", sender: unnamed }]);
  await write(Array.from({ length: 104 }, (_, at) => ({ text: `Mensaje ${at + 1}`, sender: marta })));
}

const now = () => Math.floor(Date.now() / 1000);

async function threadOf(name: string): Promise<string> {
  const [row] = await rows<{ id: string }>(
    `select v.id from conversations v join contacts c on c.id = v.contact_id
      where c.profile_name = $1 order by v.id desc limit 1`,
    [name],
  );
  return `${list}/${row?.id}`;
}

const {
  "Customers write": written,
  "Customers answer": answered,
  "Customers change a message": changed,
} = KIND_GROUPS;

/** One of each kind that customers send, with what belongs together told together, and answers of the business. */
async function everythingIsSaid(page: Page): Promise<string> {
  await connect(page, leo);
  const about = "wamid.gallery-first";
  const start = now() - 3_600;
  // The others are variants; a page has room for fifty messages.
  const all = Object.keys({ ...written, ...answered, ...changed, unsupported: null, unknown_type: null });
  const said = all.filter((kind) => !/^(text|contacts|form|order|location)_|^revoke$/.test(kind));
  await write([{ text: "¿Tienen pan de muerto?", id: about, sender: marta, timestamp: start }]);
  await write(
    said.map((kind, at) => ({
      kind,
      sender: marta,
      timestamp: start + 30 * (at + 1),
      ...(kind === "edit" || kind.startsWith("reaction") ? { messageId: about } : {}),
    })),
  );
  const quoted = { context: { id: about, from: "525512345678" }, text: "De ese, dos docenas" };
  const forwarded = { context: { frequently_forwarded: true }, text: "Oferta de la semana" };
  const source = { source_url: "https://fb.me/1", source_type: "ad", source_id: "1", headline: "Roscas" };
  const fromAd = { text: "Vi su anuncio", extra: { referral: { ...source, body: "De Reyes" } } };
  const late = [quoted, forwarded, fromAd].map((message, at) => ({
    ...message,
    sender: marta,
    timestamp: start + 1_800 + 60 * at,
  }));
  await write(late);
  const deleted = "wamid.gallery-deleted";
  await write([{ text: "Me equivoqué", id: deleted, sender: marta, timestamp: start + 2_100 }]);
  await write([{ kind: "revoke", messageId: deleted, sender: marta, timestamp: start + 2_160 }]);
  await write(
    [],
    (["sent", "delivered", "read", "played", "failed"] as const).map((status, at) => ({
      status,
      messageId: `wamid.gallery-answer-${status}`,
      recipient: marta,
      timestamp: start + 2_400 + 60 * at,
    })),
  );
  await write([{ kind: "system_user_changed_number", newPhone: "525511110000", sender: marta }]);
  return threadOf(marta.name);
}

/** What no kind of its own stands for, forms of many answers, and texts with signs of their look. */
async function anythingIsSaid(page: Page): Promise<string> {
  await connect(page, leo);
  const start = now() - 3_600;
  const inbound = Object.values(contentSamples).filter(({ isEcho }) => !isEcho);
  await write(
    inbound.map(({ item: { id: _id, from: _from, from_user_id: _user, timestamp: _at, ...said } }, n) => ({
      // In place of the text that the sandbox makes up.
      extra: { text: null, ...said },
      sender: marta,
      timestamp: start + 30 * n,
    })),
  );
  return threadOf(marta.name);
}

/** Those that are told by a word of their own. */
const kindsSaid = [
  ...(["image", "video", "voice", "document", "sticker", "location", "contacts", "reply", "form"] as const),
  ...(["order", "number_changed", "deleted", "welcome", "unsupported"] as const),
];

const states: Omit<State, "group">[] = [
  {
    name: "none, not connected",
    arrange: (page) => beSignedIn(page, leo).then(() => list),
    says: ({ conversations }) => conversations.empty,
  },
  {
    name: "none, connected",
    arrange: (page) => connect(page, leo).then(() => list),
    says: ({ conversations }) => conversations.emptyConnected,
  },
  {
    name: "list, unread, hard names",
    arrange: (page) => manyWrite(page).then(() => list),
    says: ({ conversations }) => conversations.unread("99+"),
  },
  {
    name: "search hit",
    arrange: (page) => manyWrite(page).then(() => `${list}?q=maria`),
    says: ({ conversations }) => [conversations.searched("maria"), names[0] ?? ""],
  },
  {
    name: "search miss",
    arrange: (page) => work(page, leo).then(() => `${list}?q=Nadie%20se%20llama%20as%C3%AD`),
    says: ({ conversations }) => conversations.nothingFound("Nadie se llama así"),
  },
  {
    name: "thread, every kind of message",
    arrange: everythingIsSaid,
    says: ({ thread }) => [
      ...kindsSaid.map((kind) =>
        kind === "unsupported" ? thread.channels.meta_whatsapp.unsupported : thread.kinds[kind],
      ),
      ...(["sent", "delivered", "read", "played", "failed"] as const).map(
        (status) => thread.statuses[status],
      ),
      thread.edited,
      thread.forwarded.often,
      thread.fromAd,
      thread.inReplyTo.inbound,
    ],
  },
  {
    name: "thread, whatever is sent",
    arrange: anythingIsSaid,
    says: ({ thread }) => [
      thread.more(15),
      thread.kinds.form,
      thread.kinds.other,
      thread.birthday,
      thread.adGreeting,
      thread.channels.meta_whatsapp.withheld["131060"] ?? "",
      thread.channels.meta_whatsapp.names["group invite"] ?? "",
    ],
  },
  {
    name: "thread, many pages",
    arrange: async (page) => manyWrite(page).then(() => threadOf(marta.name)),
    says: ({ thread }) => thread.earlier,
  },
  ...(["long name", "long word", "Arabic", "Hebrew", "emoji", "Chinese", "markup"] as const).map(
    (name, at): Omit<State, "group"> => ({
      name: `thread, ${name}`,
      async arrange(page) {
        await connect(page, leo);
        const sender = { phone: `5255${60_000_000 + at}`, name: names[at] ?? "" };
        await write([
          { text: texts[at], sender },
          { kind: "image", text: texts[at], sender },
        ]);
        return threadOf(sender.name);
      },
      // A text of several lines is one of its first line.
      says: ({ thread }) => [thread.back, names[at] ?? "", texts[at]?.split("\n")[0] ?? ""],
    }),
  ),
  {
    name: "replies are off",
    async arrange(page) {
      await bringAbout(page, "token_rejected");
      return threadOf(marta.name);
    },
    says: ({ thread }) => [thread.repliesOffAction, marta.name],
  },
];

export const conversationStates: State[] = states.map((state) => ({ group: "conversations", ...state }));
