import { carrierDelivery, carrierStage } from "./carrier-stage.ts";
import { carrierWebhook } from "./carrier-webhook.ts";
import { describeConnector } from "./connector-contract.ts";

const said = carrierDelivery(
  "ln:Blue-1",
  { id: "note-1", by: "p/1", says: "¿Hay pan?" },
  { id: "note-2", by: "p/2", says: "Is there bread?" },
) as { notes: object[] };

describeConnector("a made-up channel", carrierStage, {
  webhook: carrierWebhook,
  bodies: [said],
  broken: {
    body: { ...said, notes: [said.notes[0], { note: "said", says: 7 }, said.notes[1]] },
    path: "notes.1",
    others: 2,
  },
});
