/** Sends one prepared stream, in open or in closed loop, and times the answers. */
import { setTimeout as sleep } from "node:timers/promises";
import { createHistogram } from "../measures/histogram.ts";
import { type Connection, openConnection } from "./connection.ts";
import type { StreamPlan, StreamResult } from "./plan.ts";
import type { PreparedRequests } from "./requests.ts";
import type { Sampler } from "./sampler.ts";

/** An open loop that is this far behind its schedule has its answer: the rate does not hold. */
const hopelessSeconds = 5;

export async function sendStream(
  plan: StreamPlan,
  requests: PreparedRequests,
  sampler: Sampler,
  ports: number[],
): Promise<StreamResult> {
  const tally = createTally(requests);
  const connections = Array.from({ length: plan.connections }, (_, n) =>
    openConnection(ports[n % ports.length] ?? 0),
  );
  const startMs = performance.now();
  const issue: Issue = (connection, index, sinceMs, done) => {
    const watched = requests.watched.get(index);
    if (watched) sampler.watch(index, watched, sinceMs);
    tally.sentRequests++;
    connection.send(requests.at(index), (status) => {
      tally.count(index, status, performance.now() - sinceMs);
      if (status !== 200) sampler.forget(index);
      done();
    });
  };
  const abandoned =
    plan.perSecond === undefined
      ? await closedLoop(plan, connections, issue, sampler)
      : await openLoop({ ...plan, perSecond: plan.perSecond }, connections, issue);
  const sendingSeconds = (performance.now() - startMs) / 1000;
  for (const connection of connections) connection.close();
  const { count: _, answer, ...counts } = tally;
  return {
    name: plan.name,
    ...counts,
    sendingSeconds,
    abandoned,
    answer: answer.summary(),
    visible: sampler.visible(),
  };
}

type Issue = (connection: Connection, index: number, sinceMs: number, done: () => void) => void;

/** Each connection sends its next request when it has the answer to the last. Returns false: nothing is abandoned. */
async function closedLoop(
  plan: StreamPlan,
  connections: Connection[],
  issue: Issue,
  sampler: Sampler,
): Promise<boolean> {
  const endMs = performance.now() + plan.secondsAtMost * 1000;
  const most = plan.backlogEvents === undefined ? Infinity : plan.backlogEvents / plan.sampleEvery;
  let next = 0;
  const over = () => next >= plan.requests || performance.now() > endMs;
  const once = (connection: Connection) =>
    new Promise<void>((resolve) => issue(connection, next++, performance.now(), resolve));
  const work = async (connection: Connection) => {
    while (!over()) {
      if (sampler.pending() >= most) await sleep(5);
      else await once(connection);
    }
  };
  await Promise.all(connections.map(work));
  return false;
}

/** Request n has its time, n / rate after the start, and is timed from then: waiting for a connection counts. */
function openLoop(
  plan: StreamPlan & { perSecond: number },
  connections: Connection[],
  issue: Issue,
): Promise<boolean> {
  const startMs = performance.now();
  const perMs = plan.perSecond / 1000;
  const last = Math.min(plan.requests, Math.floor(plan.perSecond * plan.secondsAtMost));
  const idle = [...connections];
  let next = 0;
  let abandoned = false;
  return new Promise((resolve) => {
    const dispatch = () => {
      const due = Math.min(last, Math.floor((performance.now() - startMs) * perMs) + 1);
      abandoned ||= due - next > plan.perSecond * hopelessSeconds;
      while (!abandoned && next < due) {
        const connection = idle.pop();
        if (!connection) return;
        const index = next++;
        issue(connection, index, startMs + index / perMs, () => {
          idle.push(connection);
          dispatch();
        });
      }
      if ((abandoned || next >= last) && idle.length === connections.length) {
        clearInterval(timer);
        resolve(abandoned);
      }
    };
    const timer = setInterval(dispatch, 1);
  });
}

function createTally(requests: PreparedRequests) {
  const tally = {
    sentRequests: 0,
    acknowledgedRequests: 0,
    acknowledgedMessages: 0,
    acknowledgedStatuses: 0,
    failed: {} as Record<string, number>,
    answer: createHistogram(),
    count(index: number, status: number | undefined, durationMs: number) {
      tally.answer.addMs(durationMs);
      if (status !== 200) {
        const name = String(status ?? "no answer");
        tally.failed[name] = (tally.failed[name] ?? 0) + 1;
        return;
      }
      tally.acknowledgedRequests++;
      tally.acknowledgedMessages += requests.messagesIn(index);
      tally.acknowledgedStatuses += requests.statusesIn(index);
    },
  };
  return tally;
}
