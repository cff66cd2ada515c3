/** Whether the product is as the model says: at any moment, and when nothing is left to be done. For tests. */
import { expect } from "vitest";
import { lookFrom } from "./acts.ts";
import { ingest, type Model, runJobs } from "./model.ts";
import { pictureOf } from "./picture.ts";
import { look, type ModelProduct } from "./product.ts";
import { named, numbers, workspaces } from "./terms.ts";
import * as worker from "./worker.ts";

export async function expectSame(model: Model, real: ModelProduct): Promise<void> {
  expect(await look(real)).toEqual(pictureOf(model));
}

/** Everything that waits is done; then each workspace is asked for itself. */
export async function expectSettled(model: Model, real: ModelProduct): Promise<void> {
  runJobs(model);
  ingest(model);
  await worker.runJobs(real);
  await worker.ingest(real);
  await expectSame(model, real);
  const { connections, messages } = pictureOf(model);
  for (const at of workspaces) {
    const own = Object.keys(messages).filter((id) => messages[id]?.workspace === at);
    const maySend = numbers.some((one) => connections[named(at, one)]?.maySend);
    expect(await lookFrom(real, at)).toEqual({ maySend, messages: own.sort() });
  }
}
