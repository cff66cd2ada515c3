/** The order of test files: what takes long begins first, so that no worker is left with it when all others are done. */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** In a fresh clone nobody knows yet; these took ten seconds and more of a minute and a half, or wait for clocks. */
const known = [
  "app/web/session/forgotten-password",
  "app/web/http/input-sweep",
  "worker/worker",
  "scripts/dev/dev",
  "scripts/tests/killed-run",
  "scripts/users/user-create",
  "app/web/testing/model/model",
  "app/web/session/brute-force",
  "app/web/testing/table/failures",
  "app/integrations/meta/testing/webhook-fuzz",
  "app/web/http/door/connections",
  "scripts/tests/repository/env-processes",
];

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = known.findIndex((name) => moduleId.includes(`/${name}.`));
      return at === -1 ? known.length : at;
    };
    // Otherwise as vitest has it: by what the last run took, else by size.
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
