/** Which parameters the source of each route reads, in itself and in what it uses of app/web. For tests. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const app = path.resolve(import.meta.dirname, "../..");

export interface RouteParameters {
  /** The file's name without its ending, as Remix names routes. */
  id: string;
  /** Of its path. */
  params: string[];
  /** Of its query, form and body. */
  names: string[];
  isPage: boolean;
  hasAction: boolean;
}

/** Names that are no literals where they are read, by file. Anywhere else such a reading fails. */
const spelledOut: Record<string, string[]> = {
  "routes/settings.integrations.tsx": ["whatsapp"],
  "routes/api.integrations.meta.$channel.callback.ts": [
    "state",
    "code",
    "error",
    "error_code",
    "phone_number_id",
  ],
  "web/session/auth.server.ts": ["email", "password"],
  "routes/login.tsx": ["passwordChanged", "signedOut"],
};

export function routeParameters(): RouteParameters[] {
  return readdirSync(path.join(app, "routes"))
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => {
      const id = name.replace(/\.tsx?$/, "");
      const { all, exported } = moduleOf(path.join("routes", name));
      return {
        id,
        params: [...id.matchAll(/\$(\w+)/g)].map(([, param = ""]) => param),
        names: [...new Set(all.flatMap((part) => namesOf(part)))].sort(),
        isPage: exported.has("default"),
        hasAction: exported.has("action"),
      };
    });
}

/** `a.b_.$c[.]d` is `a/b/:c.d`, as Remix's flat routes have it. */
export function pathOf(id: string): string {
  return id
    .split(/\.(?!\])/)
    .map((part) =>
      part
        .replace(/_$/, "")
        .replace(/^\$(.+)/, ":$1")
        .replace(/^\$$/, "*")
        .replaceAll(/[[\]]/g, ""),
    )
    .join("/");
}

/** One statement at the top of a file. */
interface Part {
  names: string[];
  /** What it uses of its own file and of others. */
  uses: () => Part[];
}

interface Module {
  all: Part[];
  exported: Set<string>;
  declared: Map<string, Part>;
}

const known = new Map<string, Module>();

function namesOf(part: Part, seen = new Set<Part>()): string[] {
  if (seen.has(part)) return [];
  seen.add(part);
  return [...part.names, ...part.uses().flatMap((used) => namesOf(used, seen))];
}

function moduleOf(file: string): Module {
  const made = known.get(file);
  if (made) return made;
  const text = readFileSync(path.join(app, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const module: Module = { all: [], exported: new Set(), declared: new Map() };
  known.set(file, module);
  const imported = new Map<string, () => Part | undefined>();
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) readImport(file, statement, imported);
    const identifiers = new Set<string>();
    const names: string[] = [];
    const look = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) identifiers.add(node.text);
      if (ts.isCallExpression(node)) names.push(...namesReadBy(file, node));
      ts.forEachChild(node, look);
    };
    look(statement);
    const uses = () =>
      [...identifiers].flatMap((name) => module.declared.get(name) ?? imported.get(name)?.() ?? []);
    const part = { names, uses };
    module.all.push(part);
    for (const name of declaredBy(statement)) module.declared.set(name, part);
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
    if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
      for (const name of declaredBy(statement)) module.exported.add(name);
    if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) module.exported.add("default");
  }
  return module;
}

/** Of app/web and the filters that read for it; the reader itself names nothing. */
function readImport(
  file: string,
  { moduleSpecifier, importClause }: ts.ImportDeclaration,
  imported: Map<string, () => Part | undefined>,
): void {
  const bindings = importClause?.namedBindings;
  if (!ts.isStringLiteral(moduleSpecifier) || !bindings || !ts.isNamedImports(bindings)) return;
  const from = path.join(path.dirname(file), moduleSpecifier.text);
  const isOurs =
    moduleSpecifier.text.startsWith(".") && /^web\/(?!http\/input)|^operations\/filters\./.test(from);
  if (!isOurs) return;
  for (const { name, propertyName } of bindings.elements)
    imported.set(name.text, () => moduleOf(from).declared.get((propertyName ?? name).text));
}

function declaredBy(statement: ts.Statement): string[] {
  if (ts.isFunctionDeclaration(statement)) return statement.name ? [statement.name.text] : [];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.map(({ name }) => name.getText());
}

const readings = new Set(["get", "getAll", "has", "only", "typed"]);

/** The first argument of a reading of a query, a form or fields, and the second of `fieldOf`. */
function namesReadBy(file: string, call: ts.CallExpression): string[] {
  const { expression: called } = call;
  const isReading =
    ts.isPropertyAccessExpression(called) &&
    readings.has(called.name.text) &&
    /^(?:query|form|fields|\(?await read|read(?:Query|Form|Body)\b)/.test(called.expression.getText());
  const name = isReading ? call.arguments[0] : called.getText() === "fieldOf" ? call.arguments[1] : undefined;
  if (!name) return [];
  if (ts.isStringLiteral(name)) return [name.text];
  const names = spelledOut[file];
  if (names) return names;
  throw new Error(`${file}: which names does ${call.getText()} read?`);
}
