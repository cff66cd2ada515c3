/** The plain worker: one job for each request, and in it one transaction for each message or status. */
import { Logger, run } from "graphile-worker";
import pg from "pg";
import { storeMessage, storeStatus, type Webhook } from "./store.ts";

const concurrency = 10;
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: concurrency + 4 });
pool.on("error", (error) => console.error(error.message));

await run({
  pgPool: pool,
  concurrency,
  // A line for each job would cost more than it tells.
  logger: new Logger(() => (level, message) => {
    if (level === "error" || level === "warning") console.error(message);
  }),
  taskList: {
    async process_webhook(payload) {
      for (const entry of (payload as Webhook).entry) {
        for (const { value } of entry.changes) {
          for (const message of value.messages ?? [])
            await inTransaction((client) => storeMessage(client, value, message));
          for (const status of value.statuses ?? [])
            await inTransaction((client) => storeStatus(client, value, status));
        }
      }
    },
  },
});
console.log("ready");

async function inTransaction(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await work(client);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}
