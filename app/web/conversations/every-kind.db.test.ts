/** Every kind that the sandbox can send: through the signed route, and from there to the rows and to the page. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { KIND_NAMES, type KindName } from "../../../scripts/meta-sandbox/webhooks/kinds.ts";
import { businessScopedUserId } from "../../../scripts/meta-sandbox/world/identifiers.ts";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { connectWorkspace, inboxDeps } from "../../inbox/testing/test-workspaces.ts";
import { openWebhookAddress } from "../testing/deliveries/webhook-address.ts";
import { type AskPage, openPages } from "../testing/pages.ts";
import { startTestProduct, type TestPerson, type TestProduct } from "../testing/product.ts";

let product: TestProduct;
let ask: AskPage;
let person: TestPerson;
let closeAddress: () => Promise<void>;
const control = () => product.sandbox.control;
const sql = <Row>(text: string, values: unknown[] = []) => product.database.sql<Row>(text, values);

const start = Math.floor(Date.now() / 1000) - 3_600;

/** Each kind comes from somebody of its own, who has written before: it must not become somebody else's. */
function ofKind(kind: KindName) {
  const n = KIND_NAMES.indexOf(kind);
  const phone = `${kind === "spelt_brazil" ? "5511" : "52155"}${70_000_000 + n * 1_000}`;
  const groupId = kind.startsWith("group_") ? `group-${n}` : undefined;
  return {
    phone,
    name: `Nombre ${n}`,
    // Else it is their id that says who they are, however their number is spelt.
    sender: { phone, name: `Nombre ${n}`, omitUserId: kind.startsWith("spelt_") },
    newPhone: `52155${90_000_000 + n}`,
    groupId,
    first: `wamid.first-${n}`,
  };
}

const isAboutTheFirst = (kind: KindName) => /^(reaction|edit|revoke)/.test(kind);

async function work() {
  const open = await sql<{ id: string }>("select id from webhook_deliveries where processed_at is null");
  return processDeliveries(
    inboxDeps(product.database),
    open.map(({ id }) => id),
  );
}

beforeAll(async () => {
  product = await startTestProduct();
  ask = await openPages();
  const workspace = await connectWorkspace(product.database, NUMBER_IDS.luz);
  person = await product.person(workspace.tenantId);
  closeAddress = await openWebhookAddress(product);
  const items = KIND_NAMES.map((kind) => {
    const { sender, groupId, first: id } = ofKind(kind);
    const inGroup = groupId ? { kind: "group_message" as const, groupId } : {};
    const said = { ...inGroup, text: "Ancla", timestamp: start, id };
    return { message: { phoneNumberId: NUMBER_IDS.luz, sender, ...said } };
  });
  expect((await control().sendBatch({ items, force: true })).status).toBe(200);
  await work();
});
afterAll(async () => {
  await closeAddress();
  await product.stop();
});

interface Expected {
  /** What is stored in the conversation, beside what was there before. */
  rows: Record<string, unknown>[];
  /** What is known of the person, or of the group. */
  contact?: Record<string, unknown>;
  /** Words of the thread. */
  shows: string[];
}

/** A message of the customer's that somebody has to read. */
const inbound = (type: string, ...shows: string[]): Expected => ({
  rows: [{ type, direction: "inbound", counts_unread: true }],
  shows: ["Ancla", "From the customer:", ...shows],
});
const text = (...shows: string[]) => inbound("text", ...shows);
const reply = (...shows: string[]) => inbound("interactive", ...shows);
const form = (...shows: string[]) => reply("Filled in a form", ...shows);
const withheld = (...shows: string[]) => inbound("unsupported", ...shows);

/** Something that nobody has to read. */
const quiet = (type: string, ...shows: string[]): Expected => ({
  rows: [{ type, direction: "inbound", counts_unread: false }],
  shows,
});
const changed = (contact: Record<string, unknown>, ...shows: string[]): Expected => ({
  ...quiet("system", "Ancla", ...shows),
  contact,
});

const outbound = (type: string, sent_by: string | null, ...shows: string[]): Expected => ({
  rows: [{ type, direction: "outbound", sent_by, counts_unread: false }],
  shows: ["Ancla", ...shows],
});
const marketing = (wish: string, ...shows: string[]): Expected => ({
  ...quiet("user_preference", ...shows),
  contact: { marketing: wish },
});
const fact = (contact: Record<string, unknown>, ...shows: string[]): Expected => ({
  rows: [],
  contact,
  shows,
});

const threeOfTheApp = [
  { type: "text", direction: "inbound", sent_by: null, counts_unread: false },
  { type: "text", direction: "outbound", sent_by: "business_app", counts_unread: false },
  { type: "image", direction: "inbound", sent_by: null, counts_unread: false },
];

const newUserId = (kind: KindName) => businessScopedUserId(BUSINESS_IDS.luz, ofKind(kind).newPhone);
const of = (kind: KindName) => ofKind(kind);
const moved = "The customer now uses another number";
const notReached = "The text of this message has not reached us.";

const expected: Record<KindName, Expected> = {
  text: text("Hola, ¿a qué hora abren?"),
  text_markup: text("Pedido urgente mañana hoy, A-1 pan sal Pagar lo de ayer", "ana@luz.example"),
  text_long: text("Renglón 1 de", "Renglón 150 de"),
  text_untyped: text("Sin tipo"),
  text_from_ad: text("Came from an advertisement", "Roscas de Reyes", "Dos por uno", "¿Qué se te antoja?"),
  image: inbound("image", "Photo JPEG"),
  video: inbound("video", "Video MP4"),
  document: inbound("document", "Document menú.pdf"),
  audio: inbound("audio", "Voice message OGG"),
  audio_file: inbound("audio", "Audio MPEG"),
  voice: inbound("voice", "Voice message OGG"),
  sticker: inbound("sticker", "Sticker WEBP"),
  location: inbound("location", "Zócalo", "Plaza de la Constitución", "19.43260, -99.13320"),
  location_as_text: inbound("location", "19.04140, -98.20630"),
  location_untyped: inbound("location", "Zócalo", "19.43260, -99.13320"),
  contacts: inbound("contacts", "Contact card Marta Díaz +52 55 9876 5432 marta@example.com"),
  contacts_unnamed: inbound("contacts", "Contact card +52 55 9876 5432"),
  contacts_detailed: inbound("contacts", "Jefa", "Molinos, Ventas", "https://molinos.example", "1990-05-12"),
  contacts_requested: {
    ...inbound("contacts", "Contact card"),
    contact: { wa_id: of("contacts_requested").phone },
  },
  order: inbound("order", "2 × concha-12 MX$191.00"),
  order_as_text: inbound("order", "2 × hogaza €3.00", "tarta", "media", "a convenir"),
  request_welcome: quiet("request_welcome", "Opened the chat"),

  interactive_button_reply: reply("Sí"),
  interactive_list_reply: reply("Pan dulce Docena"),
  button: inbound("button", "Confirmar"),
  interactive_nfm_reply: form("answer sí", "Enviado"),
  form_lists: form("Nombre Ana Luz", "Extras Queso Aceitunas", "personas 4", "gluten No"),
  form_long_list: form("semilla 1 ", "semilla 50 ", "and 42 more", "Left out here: 30 more things"),
  form_nested: form("calle Calle Mayor 1", "ciudad Puebla", "de 9 a 10 de 12 a 13"),
  form_address: form("saved address id address1", "house number 12", "in pin code 400063"),
  form_files: form("foto horno.jpg", "recibo recibo.pdf"),
  form_object: form("dia lunes"),
  form_broken: form("martes", "a las 1"),
  interactive_payment_method: reply("Reply: a way to pay", "offsite_card_pay", "4321"),
  interactive_call_permission_reply: reply("Allowed calls from your business"),
  interactive_empty: reply("Reply"),

  reaction: quiet("reaction", "Ancla", "Reaction of the customer: 👍"),
  reaction_removed: quiet("reaction", "Ancla"),
  edit: quiet("edit", "Perdón, quise decir a las 8", "Edited"),
  revoke: quiet("revoke", "This message was deleted"),

  unsupported: withheld("WhatsApp does not share: a poll"),
  unsupported_unnamed: withheld("A kind of message that WhatsApp does not share"),
  unsupported_file: withheld("A file that WhatsApp could not fetch"),
  unsupported_unavailable: withheld("A message that WhatsApp could not deliver here"),
  unsupported_group_invite: withheld("WhatsApp does not share: an invitation to a group"),
  unsupported_edit: quiet("unsupported", "WhatsApp does not share: an edited message"),
  unknown: inbound("unknown", "A kind of message that WhatsApp does not share"),
  unknown_type: inbound("hologram", "new here: hologram", "Holograma"),

  username: { ...text("Con mi usuario"), contact: { username: "sofi" } },
  username_at: { ...text("Con arroba"), contact: { username: "sofi" } },
  username_alone: { ...text("Sin número"), contact: { username: "sofi", wa_id: of("username_alone").phone } },
  name_invisible: { ...text("Sin nombre"), contact: { profile_name: of("name_invisible").name } },
  spelt_mexico: text("Desde México"),
  spelt_brazil: text("Desde Brasil"),
  system_user_changed_number: changed({ wa_id: of("system_user_changed_number").newPhone }, moved),
  system_number_gone: changed({ wa_id: null }, moved),
  system_user_changed_user_id: changed({ user_id: newUserId("system_user_changed_user_id") }, moved),
  system_user_changed_user_id_body: changed(
    { user_id: newUserId("system_user_changed_user_id_body") },
    moved,
  ),
  system_customer_identity_changed: changed({}, "security code changed"),

  group_message: { ...text("Nombre", "¿Quién trae el pan?"), contact: { wa_id: null, profile_name: null } },
  group_delivered: outbound("unknown", null, notReached, "Delivered to 1"),
  group_read: outbound("unknown", null, notReached, "Read by 1"),
  group_created: fact({ profile_name: "Padres 3B" }, "Padres 3B"),
  group_name: fact({ profile_name: "Padres 4B" }, "Padres 4B"),
  // Who is in a group is told nowhere: the delivery is kept, and its field counted.
  group_participants: fact({ profile_name: null }, "Ancla"),

  standby_message: text("¿Abren hoy?"),
  standby_echo: outbound("text", "agent", "Meta’s assistant", "Sí, hasta las 8."),
  standby_status: outbound("unknown", null, notReached, "Read"),
  message_echo_assistant: outbound("text", "agent", "Meta’s assistant", "Con gusto."),
  handover_to_person: quiet("handover", "Asked for a person", "Pide pan sin gluten"),
  handover_taken: quiet("handover", "A person took over", "Pide pan sin gluten"),
  handover_to_assistant: quiet("handover", "The assistant took over", "Pide pan sin gluten"),

  message_echo: outbound("text", "other_app", "Another app", "Su pedido ya salió."),
  smb_message_echo: outbound("text", "business_app", "Your phone", "Ya está su pan."),
  echo_template: outbound("template", "business_app", "Tu pedido", "Hola Sofía, está listo.", "Gracias"),
  echo_buttons: outbound("interactive", "business_app", "¿Cuándo pasas?", "Abierto hasta las 20", "Mañana"),
  echo_list: outbound("interactive", "business_app", "Elige tu pan", "Dulces 1", "Salados 10", "Ver panes"),

  call_missed: quiet("call", "Missed call"),
  call_answered: quiet("call", "The customer called", "2 min 5 s"),
  call_business_answered: outbound("call", null, "Your business called", "1 min 1 s"),
  call_business_unanswered: outbound("call", null, "Your business called, and nobody answered"),
  call_ringing: outbound("call", null, "Your business called"),
  call_accepted: outbound("call", null, "Your business called"),
  call_rejected: outbound("call", null, "Your business called, and the customer declined"),

  preference_stop: marketing("unwanted", "Does not want marketing", "no longer wants marketing messages"),
  preference_resume: marketing("wanted", "Wants marketing", "wants marketing messages again"),
  preference_signup: marketing("wanted", "Wants marketing", "signed up for marketing messages"),

  history: {
    rows: [...threeOfTheApp, ...threeOfTheApp],
    shows: ["¿tienen pan de muerto?", "Your phone", "Sí, desde mañana.", "Photo", "Pan de muerto", "Ancla"],
  },
  history_declined: fact({}, "Ancla"),
  app_contact: fact(
    { saved_name: `${of("app_contact").name} (cliente)` },
    `${of("app_contact").name} (cliente)`,
  ),
  app_contact_removed: fact(
    { saved_name: null, saved_name_at: expect.any(Date) },
    of("app_contact_removed").name,
  ),
};

test("each is accepted, nothing is set aside, and everybody stays who they were", async () => {
  for (const [n, kind] of KIND_NAMES.entries()) {
    const { sender, groupId, newPhone, first } = ofKind(kind);
    const about = isAboutTheFirst(kind) ? { messageId: first } : {};
    const said = { kind, sender, groupId, newPhone, ...about, timestamp: start + 60 + n };
    const sent = await control().sendMessage({ phoneNumberId: NUMBER_IDS.luz, ...said, force: true });
    expect([kind, sent.status]).toEqual([kind, 200]);
  }
  const report = await work();
  expect(report).toMatchObject({ quarantined: [], ignored: ["group_participants_update"] });
  const [count] = await sql<{ n: number }>("select count(*)::int as n from conversations");
  expect(count?.n).toBe(KIND_NAMES.length);
  // How far the history has come is told of the number.
  const told = await sql<{ progress: unknown }>(
    `select payload -> 'detail' -> 'progress' as progress from graphile_worker._private_jobs
      where payload ->> 'field' = 'history' order by id`,
  );
  expect(told.map(({ progress }) => progress)).toEqual([100, "declined"]);
});

test.each(KIND_NAMES)("%s is stored and shown", async (kind) => {
  const { first } = ofKind(kind);
  const [conversation] = await sql<{ id: string }>(
    "select conversation_id as id from messages where provider_message_id = $1",
    [first],
  );
  const id = conversation?.id;
  const { rows, contact = {}, shows } = expected[kind];
  const stored = await sql(
    `select type, direction, sent_by, counts_unread from messages
      where conversation_id = $1 and provider_message_id <> $2 order by occurred_at, id`,
    [id, first],
  );
  expect(stored).toMatchObject(rows);
  const known = await sql(
    "select c.* from contacts c join conversations v on v.contact_id = c.id where v.id = $1",
    [id],
  );
  expect(known).toMatchObject([contact]);
  const page = new Request(`${product.origin}/conversations/${id}`, { headers: { cookie: person.cookie } });
  const html = (await (await ask(page)).text()).replace(/<script[\s\S]*?<\/script>|<!-- -->/g, "");
  const words = (html.split("<main")[1] ?? "").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
  for (const one of shows) expect(words).toContain(one);
  expect(words).not.toMatch(/undefined|NaN|\[object/);
});
