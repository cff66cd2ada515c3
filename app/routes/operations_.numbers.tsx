import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { titled } from "../components/frame/page-handle.tsx";
import { NumbersPage } from "../components/operations/numbers.tsx";
import { listUnrouted } from "../operations/quarantine.server.ts";
import { pageTexts } from "../texts/pages.ts";
import { operationsDeps, requireStaff } from "../web/operations/operations.server.ts";

export const handle = titled((texts) => pageTexts(texts).operations.numbers.title);

export async function loader({ request }: LoaderFunctionArgs) {
  await requireStaff(request);
  // The age of what waits is told by the server's clock, for both drawings of the page.
  return { ...(await listUnrouted(operationsDeps())), now: new Date() };
}

export default function UnroutedNumbers() {
  return <NumbersPage {...useLoaderData<typeof loader>()} />;
}
