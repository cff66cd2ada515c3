/**
 * Tells a worker that is alive from one that was killed. graphile-worker leaves a killed worker's jobs locked for four
 * hours. Here each process holds a session lock named after its pool as long as its connection lives; whoever can take
 * the lock of another pool knows that pool's process is gone, and frees its jobs. A paused process keeps its lock.
 */
import type pg from "pg";
import type { Log } from "#app/platform/log.server.ts";

export interface Liveness {
  /** Takes the lock named after `poolId`. No job may be fetched before. */
  hold(poolId: string): Promise<void>;
  isHeld(): boolean;
  /** Gives the lock up: the pool's jobs are finished. */
  stop(): void;
}

interface Options {
  /** Role app_jobs; one of its connections is kept. */
  pool: pg.Pool;
  log: Log;
  /** The connection is gone and with it the lock: others may take our jobs from now on. Called once. */
  onLost: () => void;
}

const beatMs = 1_000;
/** Beats, not seconds on a clock: a process that was paused must not take its pause for a silent server. */
const silentBeats = 10;

const lockKey = "hashtextextended($1, 4207)";

/** Connects; throws when the database is away. */
export async function createLiveness({ pool, log, onLost }: Options): Promise<Liveness> {
  const client = await pool.connect();
  let poolId: string | undefined;
  let ended = false;
  let silence = 0;
  let sweeping = false;

  const lose = () => {
    if (ended) return;
    end();
    onLost();
  };
  const end = () => {
    ended = true;
    clearInterval(beat);
  };
  const beat = setInterval(() => {
    if (sweeping) {
      silence += 1;
      if (silence >= silentBeats) lose();
    } else if (poolId) {
      sweeping = true;
      freeJobsOfTheDead(client, poolId, log).then(() => {
        sweeping = false;
        silence = 0;
      }, lose);
    }
  }, beatMs);
  client.on("error", lose);
  client.on("end", lose);

  return {
    async hold(id) {
      const { rows } = await client.query(`select pg_try_advisory_lock(${lockKey}) as held`, [id]);
      if (!rows[0]?.held) throw new Error("The lock of this worker's pool is held by another");
      poolId = id;
    },
    isHeld: () => poolId !== undefined && !ended,
    stop() {
      end();
      client.release(true);
    },
  };
}

/** Pools with jobs locked for two seconds or more, whose lock nobody holds. */
async function freeJobsOfTheDead(client: pg.PoolClient, ownId: string, log: Log): Promise<void> {
  const { rows: suspects } = await client.query<{ id: string }>(
    `select distinct locked_by as id from graphile_worker.jobs
      where locked_at < now() - interval '2 seconds' and locked_by <> $1`,
    [ownId],
  );
  for (const { id } of suspects) {
    const { rows } = await client.query(`select pg_try_advisory_lock(${lockKey}) as dead`, [id]);
    if (!rows[0]?.dead) continue;
    await client.query("select graphile_worker.force_unlock_workers(array[$1])", [id]);
    await client.query(`select pg_advisory_unlock(${lockKey})`, [id]);
    log.warn("Jobs of a worker that is gone were freed", { reason: id });
  }
}
