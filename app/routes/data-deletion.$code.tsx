import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { DeletionPage } from "../components/account/deletion-page.tsx";
import { titled } from "../components/frame/page-handle.tsx";
import { pageTexts } from "../texts/pages.ts";
import { paramOf } from "../web/http/input.server.ts";
import { services } from "../web/services.server.ts";
import { readDeletion } from "../web/webhook/obligations.server.ts";

export const handle = titled<{ status: unknown } | undefined>((texts, found) =>
  found?.status ? pageTexts(texts).deletion.title : pageTexts(texts).deletion.unknown.title,
);

export function meta() {
  return [{ name: "robots", content: "noindex" }];
}

/** Public: whoever has the code may look. */
export async function loader({ params }: LoaderFunctionArgs) {
  const code = paramOf(params, "code");
  const found = await readDeletion(services(), code);
  return data({ ...found, code: found.status && code }, { status: found.status ? 200 : 404 });
}

export default function DataDeletion() {
  return <DeletionPage {...useLoaderData<typeof loader>()} />;
}
