import { carrierMessages } from "./carrier-messages.ts";
import { carrierDelivery, carrierNotes, carrierStage } from "./carrier-stage.ts";
import { carrierWebhook } from "./carrier-webhook.ts";
import { describeConnector } from "./connector-contract.ts";

const said = carrierDelivery(
  "ln:Blue-1",
  { id: "note-1", by: "p/1", says: "¿Hay pan?" },
  { id: "note-2", by: "p/2", says: "Is there bread?" },
) as { notes: object[] };

const by = { ref: "p/1" };
const others = carrierNotes(
  "ln:Blue-1",
  { note: "said", id: "note-3", for: by, says: "Of rye.", upon: "note-1" },
  { note: "drawn", id: "note-4", by, plate: { titled: "A loaf", weighs: 900 } },
  { note: "nod", id: "note-5", by, over: "note-3", sign: "👏" },
  { note: "struck", id: "note-6", by, over: "note-1" },
  { note: "lost", id: "note-3", for: by, why: "line_busy" },
);

describeConnector("a made-up channel", carrierStage, {
  webhook: carrierWebhook,
  messages: carrierMessages,
  bodies: [said, others],
  broken: {
    body: { ...said, notes: [said.notes[0], { note: "said", says: 7 }, said.notes[1]] },
    path: "notes.1",
    others: 2,
  },
});
