/** Whole pages as a browser gets them: Remix's own request handler over our routes and entry, without a compiler. */
import { readdirSync } from "node:fs";
import { createRequestHandler, type ServerBuild } from "@remix-run/node";
import * as entry from "../../entry.server.tsx";
import { pathOf } from "./route-parameters.ts";

const folder = new URL("../../routes/", import.meta.url);

export type AskPage = (request: Request) => Promise<Response>;

/** Answers requests like the web process, without what Express puts around it. */
export async function openPages(): Promise<AskPage> {
  const routes: ServerBuild["routes"] = {
    root: { id: "root", path: "", module: await import("../../root.tsx") },
  };
  for (const file of readdirSync(folder).filter((name) => /\.tsx?$/.test(name))) {
    const id = file.replace(/\.tsx?$/, "");
    const module = (await import(new URL(file, folder).href)) as ServerBuild["routes"][string]["module"];
    const place = id === "_index" ? { index: true } : { path: pathOf(id) };
    routes[id] = { id, parentId: "root", module, ...place };
  }
  const handle = createRequestHandler(buildOf(routes), "production");
  return (request) =>
    handle(request, { cspNonce: "the-nonce", requestId: request.headers.get("x-request-id") ?? "request-1" });
}

function buildOf(routes: ServerBuild["routes"]): ServerBuild {
  const assets = Object.values(routes).map(({ id, parentId, path, index, module }) => ({
    id,
    parentId,
    path,
    index,
    module: `/build/${id}.js`,
    hasClientAction: false,
    hasClientLoader: false,
    hasAction: "action" in module,
    hasLoader: "loader" in module,
    hasErrorBoundary: "ErrorBoundary" in module,
  }));
  return {
    entry: { module: entry },
    routes,
    assets: {
      entry: { module: "/build/entry.js", imports: [] },
      routes: Object.fromEntries(assets.map((asset) => [asset.id, asset])),
      url: "/build/manifest.js",
      version: "test",
    },
    publicPath: "/build/",
    assetsBuildDirectory: "public/build",
    isSpaMode: false,
    mode: "production",
    future: {
      v3_fetcherPersist: true,
      v3_lazyRouteDiscovery: true,
      v3_relativeSplatPath: true,
      v3_singleFetch: true,
      v3_throwAbortReason: true,
    } as unknown as ServerBuild["future"],
  };
}
