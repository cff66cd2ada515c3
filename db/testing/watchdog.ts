/** Started by end-with-us.ts: hears on its input whom to guard, and ends them when the input ends. */
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ward } from "./end-with-us.ts";

const wards = new Map<number, Ward>();
// Only the end of the input ends it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as { guard?: Ward; forget?: number };
  if (message.guard) wards.set(message.guard.pid, message.guard);
  if (message.forget !== undefined) wards.delete(message.forget);
}
for (const ward of wards.values()) send(ward, ward.signal);
for (let waited = 0; waited < 10_000 && [...wards.values()].some((ward) => send(ward, 0)); waited += 50)
  await sleep(50);
for (const ward of wards.values()) {
  send(ward, "SIGKILL");
  for (const folder of ward.remove ?? []) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Whether there was somebody to send it to. */
function send({ pid, isGroup }: Ward, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(isGroup ? -pid : pid, signal);
  } catch {
    return false;
  }
}
