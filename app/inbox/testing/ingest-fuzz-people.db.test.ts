/** People named by a number, by a user id, by both and by each other's, in one job (R17 of the reliability scoreboard). */
import fc from "fast-check";
import { expect, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { cases } from "#db/testing/generated.ts";

import { inboxStage } from "./inbox-stage.ts";

const { process } = inboxStage();

interface Naming {
  wa: string | undefined;
  user: string | undefined;
}

let run = 0;
/** One body with one message for each naming, of people who were never heard of before; returns what became of it. */
async function say(namings: Naming[]): Promise<string[]> {
  run++;
  const mine = (id: string | undefined) => id && `${id}${String(run).padStart(5, "0")}`;
  const messages = namings.map(({ wa, user }, n) => ({
    ...meta.textMessage(`wamid.${run}.${n}`),
    from: mine(wa),
    from_user_id: mine(user),
  }));
  return (await process(meta.bodyOf({ messages }))).outcomes;
}

// Of the same line in two spellings: Mexico's and Brazil's.
const wa = fc.constantFrom("346001", "346002", "52155876", "5255876", "55119876", "5511876", undefined);
const user = fc.constantFrom("ES.1", "ES.2", "ES.3", undefined);
const naming = fc
  .record({ wa, user }, { noNullPrototype: true })
  .filter((one) => one.wa !== undefined || one.user !== undefined);

test("R17 people who share numbers and user ids in every way never stop a job", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(naming, { minLength: 1, maxLength: 8 }), async (namings) => {
      expect(await say(namings)).toEqual(["processed"]);
    }),
    cases(100),
  );
});
