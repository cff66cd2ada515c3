/** The commands of the model test: each does the same to the model and to the product, and compares them. For tests. */
import fc from "fast-check";
import { expect } from "vitest";
import * as acts from "./acts.ts";
import { expectSame } from "./compare.ts";
import * as theModel from "./model.ts";
import { passMonth, type ModelProduct as Real, rotateKey } from "./product.ts";
import { type Item, named, numbers, steps, workspaces } from "./terms.ts";
import * as worker from "./worker.ts";

type Model = theModel.Model;
type Command = fc.AsyncCommand<Model, Real>;

/** How often each ran, by its first word. */
export type Tally = Record<string, number>;

const workspace = fc.constantFrom(...workspaces);
const number = fc.constantFrom(...numbers);
/** Half of them crash, at one of so many statements: about as many as what is done takes. */
const crashIn = (statements: number) =>
  fc.option(fc.integer({ min: 1, max: statements }), { nil: undefined, freq: 2 });
const told = (at: number | undefined) => (at === undefined ? "" : `, crashing at statement ${at}`);

/** Messages that came in have an id of their own; of those that went out there are few, to be spoken of again. */
const part = fc.record({
  number,
  status: fc.oneof(fc.constant("received" as const), fc.constantFrom(...steps.slice(1))),
  which: fc.nat(2),
});

/** All commands, the frequent ones more often; each that has run is counted in `tally`. */
export function modelCommands(tally: Tally): fc.Arbitrary<Command>[] {
  const command: MakeCommand = (text, run, check = () => true) => ({
    check,
    toString: () => text,
    async run(model, real) {
      const hasCrashed = await run(model, real);
      await expectSame(model, real);
      const [word = ""] = /^[\w-]+/.exec(text) ?? [];
      tally[word] = (tally[word] ?? 0) + 1;
      if (hasCrashed === true) tally.crashes = (tally.crashes ?? 0) + 1;
    },
  });
  const { connecting, reconnecting, moving } = ofConnecting(command);
  const { leaving, leavingAll } = ofLeaving(command);
  const { delivering, repeating, ingesting, working } = ofDeliveries(command);
  const { rotating, waiting } = ofTime(command);
  return [
    ...often(3, connecting),
    reconnecting,
    ...often(4, moving),
    ...often(2, leaving),
    leavingAll,
    ...often(4, delivering),
    ...often(3, repeating),
    ...often(3, ingesting),
    ...often(2, working),
    rotating,
    waiting,
  ];
}

const often = (times: number, commands: fc.Arbitrary<Command>) =>
  Array.from({ length: times }, () => commands);

/** `run` may answer whether it crashed. */
type MakeCommand = (
  text: string,
  run: (model: Model, real: Real) => Promise<unknown>,
  check?: Command["check"],
) => Command;

async function connect(
  model: Model,
  real: Real,
  at: number,
  one: number,
  crashAt?: number,
): Promise<boolean> {
  const isFree = [undefined, at].includes(theModel.holderOf(model, one));
  // Refused, it is over when the other workspace has been told: nothing is left to crash in.
  const outcome = await acts.connect(real, at, one, isFree ? crashAt : undefined);
  if (outcome !== "crashed") expect(outcome).toBe(theModel.connect(model, at, one));
  return outcome === "crashed";
}

async function leave(model: Model, real: Real, at: number, one?: number, crashAt?: number): Promise<boolean> {
  const hasCrashed = await acts.leave(real, at, one, crashAt);
  if (hasCrashed) return true;
  for (const each of one === undefined ? numbers : [one]) theModel.release(model, at, each);
  return false;
}

function ofConnecting(command: MakeCommand) {
  const connecting = fc
    .tuple(workspace, number, crashIn(14))
    .map(([at, one, crash]) =>
      command(`connect ${named(at, one)}${told(crash)}`, (model, real) =>
        connect(model, real, at, one, crash),
      ),
    );
  const reconnecting = number.map((one) =>
    command(
      `reconnect number ${one} where it was last`,
      (model, real) => connect(model, real, theModel.lastHolderOf(model, one) ?? 0, one),
      (model) => theModel.lastHolderOf(model, one) !== undefined,
    ),
  );
  const moving = fc.tuple(workspace, number).map(([at, one]) =>
    command(
      `move number ${one} to workspace ${at}`,
      async (model, real) => {
        await leave(model, real, theModel.holderOf(model, one) ?? 0, one);
        await connect(model, real, at, one);
      },
      (model) => ![undefined, at].includes(theModel.holderOf(model, one)),
    ),
  );
  return { connecting, reconnecting, moving };
}

function ofLeaving(command: MakeCommand) {
  const leaving = fc.tuple(number, crashIn(7)).map(([one, crash]) =>
    command(
      `disconnect number ${one} where it is${told(crash)}`,
      (model, real) => leave(model, real, theModel.holderOf(model, one) ?? 0, one, crash),
      (model) => theModel.holderOf(model, one) !== undefined,
    ),
  );
  const leavingAll = workspace.map((at) =>
    command(`disconnect all of workspace ${at}`, (model, real) => leave(model, real, at)),
  );
  return { leaving, leavingAll };
}

function ofDeliveries(command: MakeCommand) {
  const delivering = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => {
    const text = parts.map(({ number: one, status, which }) =>
      status === "received" ? `a message for number ${one}` : `${status} of ${one}.out.${which}`,
    );
    return command(`deliver ${text.join(", ")}`, async (model, real) => {
      const items = parts.map(({ number: one, status, which }, place): Item => {
        const id = status === "received" ? `in.${model.deliveries.length}${place}` : `out.${which}`;
        return { number: one, id: `wamid.${one}.${id}`, status };
      });
      await acts.deliver(real, items);
      theModel.deliver(model, items);
    });
  });
  const repeating = fc.nat(9).map((back) =>
    command(
      `redeliver the last but ${back}`,
      async (model, real) => {
        const which = Math.max(0, model.deliveries.length - 1 - back);
        await acts.deliverAgain(real, which);
        theModel.deliver(model, model.deliveries[which]?.items ?? []);
      },
      (model) => model.deliveries.length > 0,
    ),
  );
  const ingesting = crashIn(16).map((crash) =>
    command(`ingest${told(crash)}`, async (model, real) => {
      const hasCrashed = await worker.ingest(real, crash);
      if (!hasCrashed) theModel.ingest(model);
      return hasCrashed;
    }),
  );
  const working = crashIn(6).map((crash) =>
    command(
      `work through the jobs${crash === undefined ? "" : `, each twice${told(crash)}`}`,
      async (model, real) => {
        theModel.runJobs(model);
        return worker.runJobs(real, crash);
      },
    ),
  );
  return { delivering, repeating, ingesting, working };
}

function ofTime(command: MakeCommand) {
  const rotating = fc.nat(3).map((kept) =>
    command(`rotate-key, keeping ${kept} before it`, async (model, real) => {
      rotateKey(real, kept);
      theModel.rotateKey(model, kept);
    }),
  );
  const waiting = fc.integer({ min: 1, max: 3 }).map((months) =>
    command(`wait ${25 * months} days`, async (model, real) => {
      for (let month = 0; month < months; month++) await passMonth(real);
      model.month += months;
    }),
  );
  return { rotating, waiting };
}
