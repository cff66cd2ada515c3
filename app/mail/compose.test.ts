import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyText, cases } from "#db/testing/generated.ts";
import { connectionErrorCodes } from "../../db/queries/connections/error-codes.ts";
import { composeMail, type MailSubject, oneLine } from "./compose.server.ts";

const luz: MailSubject = {
  kind: "access_lost",
  workspace: "Panadería Luz",
  channel: "WhatsApp",
  phoneNumberE164: "+525512345678",
  displayName: "Luz & Cía",
  code: "token_rejected",
  at: new Date("2026-11-23T08:12:40Z"),
  actionUrl: "https://app.example.com/settings/integrations",
};

describe("a mail about a lost connection", () => {
  test("says which number, what happened, since when, what it means, what to do, and why one gets it", () => {
    const { subject, text, language } = composeMail(luz, "en");
    expect(language).toBe("en");
    expect(subject).toBe("Your WhatsApp number +52 55 1234 5678 needs attention");
    expect(text).toBe(
      [
        "+52 55 1234 5678 needs attention (Luz & Cía)",
        "Meta no longer accepts our access to this number. New messages are not arriving, and replies are off.",
        "Since: 23 November 2026 at 08:12 UTC",
        "Reconnect the number to start receiving again. Your conversations stay as they are.",
        "Open Integrations: https://app.example.com/settings/integrations",
        "-- \nYou get this e-mail because you are an admin of Panadería Luz on Curbe.",
      ].join("\n\n"),
    );
  });

  test("says all of it in Spanish to whoever reads Spanish", () => {
    const { subject, text, html } = composeMail(luz, "es");
    expect(subject).toBe("Tu número de WhatsApp +52 55 1234 5678 necesita atención");
    expect(text).toContain("Meta ya no acepta nuestro acceso a este número.");
    expect(text).toMatch(/Desde: 23 de noviembre de 2026.* 08:12 UTC/);
    expect(text).toContain("administras Panadería Luz en Curbe");
    expect(html).toContain('<html lang="es">');
    expect(text + html).not.toMatch(/\b(the|number|Reconnect|Since)\b/);
  });

  test.each([null, "xx", "toString"])("is in English for a language that is %s", (language) => {
    expect(composeMail(luz, language)).toEqual(composeMail(luz, "en"));
  });

  test.each(["en", "es"])(
    "has words of its own for each cause, and others for one that is new (%s)",
    (language) => {
      const bodies = [...connectionErrorCodes, "made_up", "constructor"].map(
        (code) => composeMail({ ...luz, code }, language).text,
      );
      expect(new Set(bodies).size).toBe(connectionErrorCodes.length + 1);
      for (const body of bodies) expect(body).not.toMatch(/undefined|null|\[object/);
    },
  );

  test("knows a number without digits by its name", () => {
    const { subject, text } = composeMail({ ...luz, phoneNumberE164: null }, "en");
    expect(subject).toBe("Your WhatsApp number Luz & Cía needs attention");
    expect(text.split("\n")[0]).toBe("Luz & Cía needs attention");
  });
});

test.each([
  ["en", "Reconnect your WhatsApp number +52 55 1234 5678 before 7 December 2026", "Ends: 7 December 2026"],
  [
    "es",
    "Vuelve a conectar tu número de WhatsApp +52 55 1234 5678 antes del 7 de diciembre de 2026",
    "Vence: 7 de diciembre de 2026",
  ],
])("a mail about an access that ends soon says when (%s)", (language, subject, ends) => {
  const at = new Date("2026-12-07T21:00:00Z");
  const letter = composeMail({ ...luz, kind: "token_expiring", at }, language);
  expect(letter.subject).toBe(subject);
  expect(letter.text).toContain(ends);
});

test("names are text in the HTML, which loads nothing and leads to one place", () => {
  const { html } = composeMail(
    { ...luz, displayName: '<img src=x onerror="1">', workspace: "</p><a href='//evil.example'>A</a>" },
    "en",
  );
  expect(html).not.toMatch(/<(img|script|link|iframe|style)/i);
  expect(html.match(/<[^>]*(?:href|src|url)\b[^>]*>/g)).toEqual([
    expect.stringMatching(/^<a href="https:\/\/app\.example\.com\/settings\/integrations" style="/),
  ]);
  expect(html).toContain("&lt;img src=x onerror=&quot;1&quot;&gt;");
});

test("whatever a name holds, it stays on its line", () => {
  const name = fc.oneof(anyText(), fc.constantFrom("a\r\nBcc: b@evil.example", "x\u2028y", "\u202eevil"));
  fc.assert(
    fc.property(name, name, (displayName, workspace) => {
      const plain = composeMail({ ...luz, displayName: "Luz", workspace: "Luz" }, "en");
      const letter = composeMail({ ...luz, phoneNumberE164: null, displayName, workspace }, "en");
      expect(letter.subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
      const lines = letter.text.split(/[\r\n\u2028\u2029\v\f\u0085]/).length;
      expect(lines).toBe(plain.text.split("\n").length);
      expect(oneLine(displayName).length).toBeLessThanOrEqual(240);
    }),
    cases(100),
  );
});
