/**
 * Random commands against a model in memory (R22 of the reliability scoreboard): numbers change hands, messages come
 * early, late and twice, processes crash, keys and time move on, and after each command the product's rows are the model's.
 * A failure tells its seed and the shortest commands that show it. `MODEL_FLAW` breaks the model on purpose, to see one.
 */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import { byTier } from "#db/testing/tier.ts";
import { modelCommands, type Tally } from "./commands.ts";
import { expectSettled } from "./compare.ts";
import { type Flaw, flaws, type Model, startModel } from "./model.ts";
import { pictureOf } from "./picture.ts";
import { type ModelProduct, openModelProduct, startAfresh } from "./product.ts";

const { numRuns: runs, seed } = cases(20, 2_000);
const wanted = flaws.find((flaw) => flaw === process.env.MODEL_FLAW);

let real: ModelProduct;
beforeAll(async () => {
  real = await openModelProduct();
});
afterAll(() => real.stop());

const sequences = (tally: Tally) => fc.commands(modelCommands(tally), { maxCommands: 40, size: "max" });

async function run(commands: Iterable<fc.AsyncCommand<Model, ModelProduct>>, flaw?: Flaw): Promise<Model> {
  const model = startModel(flaw);
  await startAfresh(real);
  await fc.asyncModelRun(() => ({ model, real }), commands);
  await expectSettled(model, real);
  return model;
}

const property = (tally: Tally, flaw?: Flaw, onEnd: (model: Model) => void = () => {}) =>
  fc.asyncProperty(sequences(tally), async (commands) => onEnd(await run(commands, flaw)));

describe("R22 the model of numbers, messages and tokens", () => {
  test(
    `R22 ${runs} sequences of up to 40 commands end in the rows of the model`,
    async () => {
      const tally: Tally = {};
      const seen = { sequences: 0, claims: 0, messages: 0, aside: 0 };
      const started = performance.now();
      const count = (model: Model) => {
        seen.sequences++;
        seen.claims += model.claims.flat().length;
        seen.messages += Object.keys(model.messages).length;
        seen.aside += Object.values(pictureOf(model).aside).reduce((sum, one) => sum + one, 0);
      };
      await fc.assert(property(tally, wanted, count), { numRuns: runs, seed });
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const { crashes = 0, ...ran } = tally;
      const commands = Object.values(ran).reduce((sum, one) => sum + one, 0);
      console.log(
        `R22: seed ${seed}, ${commands} commands, ${seconds} s, ${JSON.stringify({ ...seen, ...tally })}`,
      );
      expect(commands).toBeGreaterThan(8 * runs);
      expect(crashes).toBeGreaterThan(runs / 2);
    },
    60_000 + runs * 2_000,
  );

  // Else no sequence may have come to where the rule matters. An ordinary run tells one apart, the long run each.
  test.each(flaws.slice(0, byTier(1, flaws.length)))(
    "R22 a model in which %s is told apart",
    async (flaw) => {
      const limits = { numRuns: 500, seed, endOnFailure: true };
      const { failed, numRuns } = await fc.check(property({}, flaw), limits);
      expect(failed, `${numRuns} sequences from seed ${seed}`).toBe(true);
      console.log(`R22: ${flaw}: told apart after ${numRuns} sequences`);
    },
    120_000,
  );
});
