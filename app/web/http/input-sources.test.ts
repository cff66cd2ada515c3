/** Nothing in routes and app/web reads a request's text but by the one reader. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const app = path.resolve(import.meta.dirname, "../..");
const reader = "web/http/input.server.ts";

/** The door refuses an address for a name that stands in it, and reads no text. */
const asksOnlyWhether = ({ parent }: ts.Node) =>
  ts.isPropertyAccessExpression(parent) && parent.name.text === "has";

/** `searchParams` of whatever, a body's own readings, and a look into `params` that is not the reader's. */
function rawReadings(source: string): string[] {
  const file = ts.createSourceFile("it.tsx", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const isParams = (node: ts.Expression | undefined): boolean =>
    node !== undefined &&
    ((ts.isIdentifier(node) && node.text === "params") ||
      (ts.isPropertyAccessExpression(node) && node.name.text === "params"));
  const look = (node: ts.Node): void => {
    const names = ts.isPropertyAccessExpression(node)
      ? [node.name.text]
      : ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression)
        ? [node.argumentExpression.text]
        : ts.isBindingElement(node)
          ? [(node.propertyName ?? node.name).getText(file)]
          : [];
    const isRaw = names.some((name) => /^(?:searchParams|formData|json|arrayBuffer|blob)$/.test(name));
    // With arguments it writes an answer; without, it reads a body.
    const writes = ts.isCallExpression(node.parent) && node.parent.arguments.length > 0;
    const isText = /^request\b.*\.text$/s.test(node.getText(file));
    if ((isRaw && !writes) || isText) found.push(node.getText(file));
    if (
      (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) &&
      isParams(node.expression)
    )
      found.push(node.getText(file));
    if (ts.isVariableDeclaration(node) && isParams(node.initializer) && ts.isObjectBindingPattern(node.name))
      found.push(node.getText(file));
    if (ts.isNewExpression(node) && /^(?:URLSearchParams|FormData)$/.test(node.expression.getText(file)))
      if ((node.arguments?.length ?? 0) > 0 && !asksOnlyWhether(node)) found.push(node.getText(file));
    ts.forEachChild(node, look);
  };
  ts.forEachChild(file, look);
  return found;
}

test.each([
  "const q = new URL(request.url).searchParams;",
  "const { searchParams } = new URL(request.url);",
  "const { searchParams: q } = new URL(request.url);",
  'const q = new URL(request.url)["searchParams"];',
  "const q = new URLSearchParams(new URL(request.url).search);",
  "const form = await request.formData();",
  "const { formData } = request;",
  "const body = await request.clone().text();",
  "const body = await request.clone().json();",
  "const id = params.id;",
  'const id = params["id"] ?? "";',
  "const id = args.params.id;",
  "const { id } = params;",
])("%s is seen", (line) => expect(rawReadings(line)).not.toEqual([]));

test.each([
  'const id = paramOf(params, "id");',
  "return Response.json({ params: {} });",
  "const q = readQuery(request).get('q');",
  'return new URLSearchParams(query).has("_data");',
  "const query = new URLSearchParams(); query.set('a', 'b');",
])("%s is let be", (line) => expect(rawReadings(line)).toEqual([]));

test("routes and app/web read by the reader alone", () => {
  const files = ["routes", "web"].flatMap((folder) =>
    readdirSync(path.join(app, folder), { recursive: true, encoding: "utf8" })
      .map((name) => path.join(folder, name))
      .filter(
        (name) =>
          /\.tsx?$/.test(name) &&
          !/\.test\.ts$|\/testing\/|^web\/(?:model|connect\/table|webhook\/corpus)/.test(name),
      ),
  );
  expect(files.length).toBeGreaterThan(60);
  const raw = files
    .filter((name) => name !== reader)
    .flatMap((name) =>
      rawReadings(readFileSync(path.join(app, name), "utf8")).map((line) => `${name}: ${line}`),
    );
  expect(raw).toEqual([]);
});
