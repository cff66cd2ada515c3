/** Every route of the build, as an address that a request can be sent to. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "../../../scripts/stack.ts";

interface BuiltRoute {
  id: string;
  parentId?: string;
  path?: string;
}

/** `{ id: address }`; what stands for a parameter is of the right form, and nothing that there is. */
export function routesOfBuild(): Record<string, string> {
  const folder = path.join(root, "public/build");
  const file = readdirSync(folder).find((name) => /^manifest-\w+\.js$/.test(name)) ?? "";
  const text = readFileSync(path.join(folder, file), "utf8");
  const { routes } = JSON.parse(text.slice(text.indexOf("=") + 1).replace(/;\s*$/, "")) as {
    routes: Record<string, BuiltRoute>;
  };
  const pathOf = (route: BuiltRoute | undefined): string =>
    route ? [pathOf(routes[route.parentId ?? ""]), route.path ?? ""].filter(Boolean).join("/") : "";
  return Object.fromEntries(
    Object.values(routes).map((route) => {
      const filled = pathOf(route)
        .replace(":channel", "whatsapp")
        .replace(":id", "018f5d0e-7b5c-7c63-9a83-2f6d7b8c9d0e")
        .replace(":code", "0123456789abcdef0123456789abcdef")
        .replace("*", "nowhere");
      if (filled.includes(":")) throw new Error(`What stands for a parameter of ${route.id} is not known.`);
      return [route.id, `/${filled}`];
    }),
  );
}
