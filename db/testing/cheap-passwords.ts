/** Set-up of the database tests: the real argon2id with a thousandth of its memory. What it costs is a unit test's matter. */
import { vi } from "vitest";

vi.mock("@node-rs/argon2", async (original) => {
  const real = await original<typeof import("@node-rs/argon2")>();
  const hash: typeof real.hash = (password, options) =>
    real.hash(password, { ...options, memoryCost: 64, timeCost: 1 });
  return { ...real, hash };
});
