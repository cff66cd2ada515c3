import type { readJobs } from "../../operations/overview.server.ts";
import { pageTexts } from "../../texts/pages.ts";
import { useTexts } from "../frame/page-context.tsx";
import { Time } from "../frame/time.tsx";
import { OperationsFrame } from "./frame.tsx";
import { Code, DataTable, useNumbers } from "./table.tsx";

type Jobs = Awaited<ReturnType<typeof readJobs>>;

/** What waits, runs and fails, by task; what a job carries is not here. */
export function JobsPage({ tasks, givenUp }: Jobs) {
  const words = pageTexts(useTexts()).operations;
  return (
    <OperationsFrame title={words.jobs.title}>
      <TaskTable tasks={tasks} />
      <GivenUpTable jobs={givenUp} />
    </OperationsFrame>
  );
}

function TaskTable({ tasks }: Pick<Jobs, "tasks">) {
  const { columns, jobs } = pageTexts(useTexts()).operations;
  const numbers = useNumbers();
  return (
    <DataTable
      caption={jobs.caption}
      columns={[
        { key: "task", name: columns.task },
        { key: "waiting", name: columns.waiting, numeric: true },
        { key: "running", name: columns.running, numeric: true },
        { key: "failing", name: columns.failing, numeric: true },
        { key: "givenUp", name: columns.givenUp, numeric: true },
        { key: "oldest", name: columns.oldest },
        { key: "failed", name: columns.lastFailed },
        { key: "error", name: columns.lastError, breaks: "text" },
      ]}
      rows={tasks.map((one) => ({
        key: one.task,
        cells: [
          <Code key="task">{one.task}</Code>,
          numbers(one.waiting),
          numbers(one.running),
          numbers(one.failing),
          numbers(one.givenUp),
          timeOrNone(one.oldestRunAt),
          timeOrNone(one.lastFailedAt),
          errorOrNone(one.lastError),
        ],
      }))}
      empty={jobs.empty}
    />
  );
}

function GivenUpTable({ jobs: given }: { jobs: Jobs["givenUp"] }) {
  const { columns, jobs } = pageTexts(useTexts()).operations;
  const numbers = useNumbers();
  return (
    <DataTable
      caption={jobs.givenUp}
      columns={[
        { key: "id", name: columns.id, numeric: true },
        { key: "task", name: columns.task },
        { key: "tries", name: columns.tries, numeric: true },
        { key: "ended", name: columns.ended },
        { key: "error", name: columns.lastError, breaks: "text" },
      ]}
      rows={given.map((one) => ({
        key: one.id,
        cells: [
          one.id,
          <Code key="task">{one.task}</Code>,
          numbers(one.tries),
          timeOrNone(one.endedAt),
          errorOrNone(one.lastError),
        ],
      }))}
      empty={jobs.noneGivenUp}
    />
  );
}

const timeOrNone = (at: Date | null) => (at ? <Time at={at} length="short" /> : "–");
const errorOrNone = (error: string | null) => (error ? <Code>{error}</Code> : "–");
