import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { titled } from "../components/frame/page-handle.tsx";
import { JobsPage } from "../components/operations/jobs.tsx";
import { readJobs } from "../operations/overview.server.ts";
import { pageTexts } from "../texts/pages.ts";
import { operationsDeps, requireStaff } from "../web/operations/operations.server.ts";

export const handle = titled((texts) => pageTexts(texts).operations.jobs.title);

export async function loader({ request }: LoaderFunctionArgs) {
  await requireStaff(request);
  return readJobs(operationsDeps());
}

export default function Jobs() {
  return <JobsPage {...useLoaderData<typeof loader>()} />;
}
