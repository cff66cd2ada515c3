/** The routes of the product as its build lists them. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../../scripts/stack.ts";

export interface BuiltRoute {
  hasLoader: boolean;
  hasAction: boolean;
}

/** By the ids of Remix, without their folder: `conversations_.$id`. */
export function builtRoutes(): Map<string, BuiltRoute> {
  const folder = path.join(root, "public/build");
  const name = readdirSync(folder).find((file) => /^manifest-\w+\.js$/.test(file));
  if (!name) throw new Error("There is no build: npm run build first.");
  const text = readFileSync(path.join(folder, name), "utf8");
  const manifest = JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1)) as {
    routes: Record<string, BuiltRoute>;
  };
  return new Map(Object.entries(manifest.routes).map(([id, route]) => [id.replace(/^routes\//, ""), route]));
}
