/**
 * Loaded into the web before its own code (`--import`): how long one turn of its event loop has kept the processor, at
 * most. In CPU time of the main thread, so that a busy machine counts for nothing; asked for, and begun anew, over HTTP.
 */
import { createServer } from "node:http";

let longestUs = 0;
let before = process.threadCpuUsage();

function look(): void {
  const now = process.threadCpuUsage();
  longestUs = Math.max(longestUs, now.user + now.system - before.user - before.system);
  before = now;
}

// A turn that keeps the loop keeps this away as well, and what it took is then seen at once.
setInterval(look, 1).unref();
createServer((_request, response) => {
  look();
  response.end(JSON.stringify({ longestMs: longestUs / 1_000 }));
  longestUs = 0;
})
  .listen(Number(process.env.LOOP_WATCH_PORT), "127.0.0.1")
  .unref();
