import { describe, expect, test } from "vitest";
import { subscribeWaba } from "../../../integrations/health/provisioning.server.ts";
import { registerNumber } from "../../../integrations/health/registration.server.ts";
import { connectedPlace } from "../connect-flows.ts";
import { connectTable } from "./flows.ts";
import { type Failure, failures, mayPass, oneOfEach, type Place, places } from "./table.ts";
import { layOut, portfolio } from "./worlds.ts";

const { flow, connectWith, strike, calm, left, callsOf, forgetJobs } = connectTable();
const deps = () => flow.product.services.integrations;

interface Subject {
  id: string;
  number: () => { pin: string | null; platformType: string; isOnBizApp: boolean };
}

/** A connection whose number is not registered yet. */
async function connected(): Promise<Subject> {
  const [numberId = ""] = layOut(flow.product.sandbox, [1]);
  expect(await connectWith(flow.ana, portfolio)).toBe(connectedPlace);
  await forgetJobs();
  const number = () => {
    const found = flow.product.sandbox.world.numbers[numberId];
    if (!found) throw new Error("no number");
    return found;
  };
  return { id: (await left()).rows[0]?.id ?? "", number };
}

type Task = typeof subscribeWaba;
const run = (task: Task, connectionId: string, lastAttempt = false) =>
  task(deps(), { tenantId: flow.ana.tenantId, connectionId, requestId: "job-1", lastAttempt });

/** What the tenant is told; the slot is of the task. */
const noted = async (slot: "deliveries" | "registration") => (await left()).rows[0]?.metadata[slot];
const kindsSince = async () =>
  (await left()).events.map(({ kind }) => kind).filter((kind) => kind !== "connected");

/** The kind that the client gives each verdict, under which a refusal is kept. */
const codes: Record<Failure["verdict"], string> = {
  later: "retry_later",
  odd: "bug",
  permission: "permission",
  dead: "reconnect",
  rejected: "rejected",
};

async function subscribeWith(place: Place, failure: Failure): Promise<void> {
  const { id } = await connected();
  strike(place, failure);
  const code = codes[failure.verdict];
  if (mayPass(failure)) {
    await expect(run(subscribeWaba, id)).rejects.toThrow(code);
    expect(await noted("deliveries")).toEqual({ state: "starting" });
    strike(place, failure);
    await run(subscribeWaba, id, true);
  } else await run(subscribeWaba, id);
  expect(await noted("deliveries")).toMatchObject({ state: "failed", code });
  expect(await kindsSince()).toEqual(["deliveries_failed"]);
  expect((await left()).rows.map((row) => row.status)).toEqual(["active"]);
  calm();
  await run(subscribeWaba, id);
  expect(await noted("deliveries")).toMatchObject({ state: "on" });
  const wabas = Object.values(flow.product.sandbox.world.wabas);
  expect(wabas.at(-1)?.subscribedApps).toHaveLength(1);
}

describe.each([places.subscribe, places.subscribedApps])(
  "turning deliveries on, failing at $name",
  (place) => {
    for (const failure of failures) test(`by ${failure.name}`, () => subscribeWith(place, failure));
  },
);

async function keptPin(id: string): Promise<{ sealed: string | undefined; pin: string | undefined }> {
  const [row] = await flow.product.database.sql<{ pin_enc: string }>(
    "select pin_enc from number_registrations",
  );
  const tenantId = flow.ana.tenantId;
  const place = { table: "number_registrations", column: "pin_enc", tenantId, rowId: id };
  return { sealed: row?.pin_enc, pin: row && deps().vault.decryptToken(row.pin_enc, place).reveal() };
}

/** Whether Meta carried the call out, although its answer says otherwise or never came. */
const acted = ({ name }: Failure) => / after Meta acted$/.test(name);

async function expectRegistered({ id, number }: Subject): Promise<void> {
  await run(registerNumber, id);
  expect(number().platformType).toBe("CLOUD_API");
  expect(await noted("registration")).toMatchObject({ result: "registered" });
}

async function registerWith(place: Place, failure: Failure): Promise<void> {
  const subject = await connected();
  const { id, number } = subject;
  strike(place, failure);
  if (mayPass(failure)) {
    await expect(run(registerNumber, id)).rejects.toThrow(codes[failure.verdict]);
    expect(await noted("registration")).toBeUndefined();
  } else {
    await run(registerNumber, id);
    expect(await noted("registration")).toMatchObject({ result: "failed", code: codes[failure.verdict] });
    expect(await kindsSince()).toEqual(["registration_failed"]);
  }
  const registers = place === places.register ? 1 : 0;
  expect(callsOf("register")).toBe(registers);
  const first = await keptPin(id);
  expect(first.sealed === undefined).toBe(registers === 0);
  calm();
  await expectRegistered(subject);
  // A PIN that Meta may have taken is never replaced, and a number that has it is not registered twice.
  const second = await keptPin(id);
  if (first.sealed) expect(second).toEqual(first);
  expect(number().pin).toBe(second.pin);
  expect(callsOf("register")).toBe(registers === 1 && acted(failure) ? 1 : registers + 1);
}

describe.each([places.phone, places.register])("registering a number, failing at $name", (place) => {
  for (const failure of failures) test(`by ${failure.name}`, () => registerWith(place, failure));

  test.each(oneOfEach.filter(mayPass))("by $name for the last time is told", async (failure) => {
    const { id } = await connected();
    strike(place, failure);
    await run(registerNumber, id, true);
    expect(await noted("registration")).toMatchObject({ result: "failed", code: "meta_unavailable" });
  });
});

describe("registering is refused by Meta", () => {
  test.each([
    [133005, "pin_mismatch"],
    [133006, "verify_again"],
    [133008, "too_many_attempts"],
    [133009, "too_many_attempts"],
    [133010, "tell_tenant"],
    [133016, "too_many_attempts"],
    [131031, "account_locked"],
  ])("with %s: told as %s, tried once, the PIN kept", async (code, told) => {
    const { id, number } = await connected();
    strike(places.register, {
      name: "",
      verdict: "rejected",
      outcome: () => ({ kind: "graph_error", code }),
    });
    await run(registerNumber, id);
    expect(await noted("registration")).toMatchObject({ result: "failed", code: told });
    expect(callsOf("register")).toBe(1);
    expect((await left()).jobs).toEqual([]);
    const { pin } = await keptPin(id);
    calm();
    await run(registerNumber, id);
    // Locked for 72 hours: until they are over nothing is tried, whoever asks.
    const isLocked = told === "too_many_attempts";
    expect(callsOf("register")).toBe(isLocked ? 1 : 2);
    expect(number().pin).toBe(isLocked ? null : pin);
    await flow.product.database.sql("update registration_tries set held_until = now()");
    await run(registerNumber, id);
    expect(number().pin).toBe(pin);
  });

  test("with 133015: asked for again three times, then told, the PIN kept", async () => {
    const { id, number } = await connected();
    const outcome = () => ({ kind: "graph_error", code: 133015 }) as const;
    strike(places.register, { name: "", verdict: "later", outcome });
    for (let tries = 1; tries <= 3; tries++) {
      await run(registerNumber, id);
      expect(await noted("registration")).toMatchObject({ result: "open" });
      expect((await left()).jobs).toEqual(["register_number"]);
    }
    await forgetJobs();
    await run(registerNumber, id);
    expect(await noted("registration")).toMatchObject({ result: "failed", code: "deleted_recently" });
    expect((await left()).jobs).toEqual([]);
    const { pin } = await keptPin(id);
    calm();
    await run(registerNumber, id);
    expect(number().pin).toBe(pin);
  });
});

describe("a number on the WhatsApp Business app is never registered", () => {
  test.each(oneOfEach)("whatever fails: $name", async (failure) => {
    const { id, number } = await connected();
    number().isOnBizApp = true;
    strike(places.phone, failure);
    await run(registerNumber, id).catch((error: unknown) => expect(String(error)).toMatch(/retry_later|bug/));
    calm();
    await run(registerNumber, id);
    expect(callsOf("register")).toBe(0);
    expect(number().platformType).toBe("NOT_APPLICABLE");
  });
});
