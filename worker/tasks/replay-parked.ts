import { type ReplayDeps, replayParked } from "#app/inbox/intake/replay.server.ts";
import type { RunJob } from "../task-frame.ts";

export function replayParkedTask(deps: ReplayDeps): RunJob<"replay_parked"> {
  return (payload) => replayParked(deps, payload);
}
