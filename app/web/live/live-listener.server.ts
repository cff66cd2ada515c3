/** Hearing of changes without an end: a lost connection to the database is replaced. */
import { type ChangeTopic, type Listening, listenForChanges } from "#db/queries/inbox/live.ts";
import type { Log } from "../../platform/log.server.ts";

interface ListenerSetting {
  connectionString: string;
  log: Log;
  /** Between two checks whether the connection lives: one that a network swallowed says nothing of it. */
  checkMs: number;
  onChange(topic: ChangeTopic, tenantIds: string[]): void;
  onSessionEnded(sessionId: string): void;
  /** Each time that listening begins: what was told before, nobody has heard. */
  onListening(): void;
}

/** Once started, listens until it is stopped; what was lost is opened anew after 0.1 to 5 s. Never throws. */
export function keepListening(setting: ListenerSetting): { start(): void; stop(): Promise<void> } {
  let state: "idle" | "running" | "stopped" = "idle";
  let listening: Listening | undefined;
  let opening = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;

  const again = (error: unknown) => {
    void listening?.stop();
    listening = undefined;
    clearTimeout(timer);
    if (state === "stopped") return;
    if (failures === 0) setting.log.warn("live updates lost the database", { error });
    const waitMs = Math.min(5_000, 100 * 2 ** failures++) * (0.5 + Math.random() / 2);
    timer = setTimeout(open, waitMs).unref();
  };
  const check = (current: Listening) => {
    timer = setTimeout(() => {
      current.check().then(
        () => current === listening && check(current),
        // Its loss may have been noticed already.
        (error: unknown) => current === listening && again(error),
      );
    }, setting.checkMs).unref();
  };
  const begin = (opened: Listening) => {
    listening = opened;
    if (state === "stopped") return;
    failures = 0;
    check(opened);
    setting.onListening();
  };
  const open = () => {
    const { connectionString, onChange, onSessionEnded } = setting;
    const ear = { onChange, onSessionEnded, onLost: again };
    opening = listenForChanges(connectionString, ear).then(begin, again);
  };
  return {
    start() {
      if (state !== "idle") return;
      state = "running";
      open();
    },
    async stop() {
      state = "stopped";
      clearTimeout(timer);
      await opening;
      await listening?.stop();
    },
  };
}
