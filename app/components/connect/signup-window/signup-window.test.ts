import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import { hear, type Input, nothingHeard, type Told, type Verdict, verdictOf } from "./signup-window.ts";

const begun: Input = { kind: "attempt", state: "S" };
const refused: Input = { kind: "no_attempt" };
const code: Input = { kind: "answered", answer: { kind: "code", code: "C" } };
const noCode: Input = { kind: "answered", answer: { kind: "no_code" } };
const nothing: Input = { kind: "answered", answer: { kind: "none", early: false } };
const tooEarly: Input = { kind: "answered", answer: { kind: "none", early: true } };
const told = (told: Told): Input => ({ kind: "told", told });
const finished = told({ kind: "finished", phoneNumberId: "7" });
const finishedWithout = told({ kind: "finished", phoneNumberId: null });
const cancelled = told({ kind: "cancelled" });
const failed = told({ kind: "failed" });
const waited = (moment: "for_number" | "for_second_thought" | "for_answer"): Input => ({
  kind: "waited",
  moment,
});

const verdictAfter = (...inputs: Input[]): Verdict => verdictOf(inputs.reduce(hear, nothingHeard));
const submit = (fields: Record<string, string>) => ({ kind: "submit", fields: { state: "S", ...fields } });
const wait = (moment: string | null = null) => ({ kind: "wait", moment, notice: null });
const stuck = (notice: string) => ({ kind: "wait", moment: null, notice });
const withNumber = submit({ code: "C", phone_number_id: "7" });
const cancel = submit({ error: "access_denied" });

/** Every order of `inputs`. */
function orders(inputs: Input[]): Input[][] {
  if (inputs.length < 2) return [inputs];
  return inputs.flatMap((first, at) => orders(inputs.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}

describe("a window that ends well", () => {
  test.each(orders([begun, code, finished]))("brings code and number in any order (%#)", (...inputs) => {
    expect(verdictAfter(...inputs)).toEqual(withNumber);
    for (const early of [1, 2]) expect(verdictAfter(...inputs.slice(0, early)).kind).toBe("wait");
  });

  test.each(orders([begun, code, finishedWithout]))("brings a code without a number (%#)", (...inputs) => {
    expect(verdictAfter(...inputs)).toEqual(submit({ code: "C" }));
  });

  test("a code waits a moment for the number, and no longer", () => {
    expect(verdictAfter(begun, code)).toEqual(wait("for_number"));
    expect(verdictAfter(begun, code, waited("for_number"))).toEqual(submit({ code: "C" }));
    expect(verdictAfter(code, waited("for_number"))).toEqual(wait());
    expect(verdictAfter(code, waited("for_number"), begun)).toEqual(submit({ code: "C" }));
  });

  test("a code outweighs a word that it was cancelled or failed, before or after it", () => {
    for (const word of [cancelled, failed]) {
      expect(verdictAfter(begun, code, word)).toEqual(wait("for_number"));
      expect(verdictAfter(begun, word, code, waited("for_number"))).toEqual(submit({ code: "C" }));
      expect(verdictAfter(begun, word, code, finished)).toEqual(withNumber);
      expect(verdictAfter(begun, finished, word, code)).toEqual(withNumber);
    }
  });

  test("a late code is used even when the page had stopped expecting one", () => {
    expect(verdictAfter(begun, finished, waited("for_answer"), code)).toEqual(withNumber);
    expect(verdictAfter(begun, failed, waited("for_answer"), code)).toEqual(wait("for_number"));
  });

  test("only the first answer and the first attempt count", () => {
    const other: Input = { kind: "answered", answer: { kind: "code", code: "other" } };
    expect(verdictAfter(begun, finished, code, other)).toEqual(withNumber);
    expect(verdictAfter(begun, nothing, code)).toEqual(cancel);
    expect(verdictAfter(begun, { kind: "attempt", state: "other" }, code, finished)).toEqual(withNumber);
    expect(verdictAfter(begun, refused, code, finished)).toEqual(withNumber);
  });
});

describe("a window that ends without a code", () => {
  test("was cancelled, whatever it told", () => {
    for (const word of [cancelled, failed, finished, finishedWithout]) {
      for (const inputs of orders([begun, nothing, word])) expect(verdictAfter(...inputs)).toEqual(cancel);
    }
    expect(verdictAfter(begun, nothing)).toEqual(cancel);
    expect(verdictAfter(nothing, begun)).toEqual(cancel);
    expect(verdictAfter(nothing)).toEqual(wait());
  });

  test("was cancelled when it says so and nothing follows", () => {
    expect(verdictAfter(begun, cancelled)).toEqual(wait("for_second_thought"));
    expect(verdictAfter(begun, cancelled, waited("for_second_thought"))).toEqual(cancel);
    expect(verdictAfter(begun, cancelled, finished)).toEqual(wait("for_answer"));
  });

  test("an error of its own ends nothing: the person may go on from it", () => {
    expect(verdictAfter(begun, failed)).toEqual(wait("for_answer"));
    expect(verdictAfter(begun, failed, waited("for_answer"))).toEqual(stuck("no_answer"));
    expect(verdictAfter(begun, failed, waited("for_answer"), nothing)).toEqual(cancel);
  });

  test("did not open when the answer comes before anybody could have closed it", () => {
    expect(verdictAfter(begun, tooEarly)).toEqual(stuck("not_opened"));
    expect(verdictAfter(tooEarly)).toEqual(stuck("not_opened"));
    expect(verdictAfter(begun, cancelled, tooEarly)).toEqual(cancel);
    expect(verdictAfter(begun, tooEarly, cancelled)).toEqual(cancel);
  });

  test("an access token is no code, and the page says so at once", () => {
    for (const inputs of orders([begun, noCode, finished]))
      expect(verdictAfter(...inputs)).toEqual(stuck("no_code"));
  });

  test("that tells it is finished and never answers is not waited for in silence", () => {
    expect(verdictAfter(begun, finished)).toEqual(wait("for_answer"));
    expect(verdictAfter(begun, finished, waited("for_answer"))).toEqual(stuck("no_answer"));
  });

  test("that stays silent is waited for", () => {
    expect(verdictAfter()).toEqual(wait());
    expect(verdictAfter(begun)).toEqual(wait());
  });
});

describe("in any order", () => {
  const any = fc.shuffledSubarray([
    begun,
    code,
    nothing,
    noCode,
    tooEarly,
    finished,
    finishedWithout,
    cancelled,
    failed,
    refused,
    waited("for_number"),
    waited("for_second_thought"),
    waited("for_answer"),
  ]);

  test("nothing is sent without an attempt, and a code only as it was given", () => {
    const sent = { code: 0, cancel: 0 };
    fc.assert(
      fc.property(any, (inputs) => {
        const verdict = verdictAfter(...inputs);
        if (verdict.kind === "wait") return;
        sent["code" in verdict.fields ? "code" : "cancel"]++;
        expect(inputs).toContain(begun);
        expect([withNumber, submit({ code: "C" }), cancel]).toContainEqual(verdict);
        if ("code" in verdict.fields) expect(inputs).toContain(code);
        else expect(inputs.some((input) => [nothing, tooEarly, cancelled].includes(input))).toBe(true);
      }),
      cases(100),
    );
    expect(Math.min(sent.code, sent.cancel)).toBeGreaterThan(0);
  });

  test("a moment that nobody waits for changes nothing", () => {
    for (const moment of ["for_number", "for_second_thought", "for_answer"] as const) {
      expect(verdictAfter(begun, waited(moment))).toEqual(wait());
      expect(verdictAfter(begun, waited(moment), code)).toEqual(wait("for_number"));
    }
  });

  test("what could not be begun stays so", () => {
    expect(verdictAfter(refused)).toEqual(stuck("no_attempt"));
    for (const inputs of orders([refused, code, finished]))
      expect(verdictAfter(...inputs)).toEqual(stuck("no_attempt"));
  });
});
