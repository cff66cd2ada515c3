import { expect, test } from "vitest";
import { channelAt, channelIds, connectPath, settingsPath, webhookPath } from "./catalog.ts";

test("the database's word is meta_whatsapp, and addresses say whatsapp", () => {
  expect(channelIds()).toEqual(["meta_whatsapp"]);
  expect(channelAt("whatsapp")).toBe("meta_whatsapp");
  expect(connectPath("meta_whatsapp")).toBe("/api/integrations/meta/whatsapp");
  expect(settingsPath("meta_whatsapp")).toBe("/settings/integrations/whatsapp");
  expect(webhookPath("meta_whatsapp")).toBe("/webhooks/meta/whatsapp");
});

test.each(["meta_whatsapp", "WhatsApp", "toString", "", null, undefined])(
  "%s is no channel's address",
  (path) => {
    expect(channelAt(path)).toBeUndefined();
  },
);
