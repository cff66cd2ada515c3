import { build } from "esbuild";
import { expect, test } from "vitest";

test("the worker carries no web framework", async () => {
  const { metafile } = await build({
    entryPoints: ["worker/index.ts"],
    absWorkingDir: new URL("..", import.meta.url).pathname,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
    // Optional and native parts that are looked for at run time.
    external: ["pg-native"],
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs).toContain("app/inbox/ingest/ingest.server.ts");
  const forbidden =
    /node_modules\/(@remix-run|react|react-dom|express|remix-auth|remix-auth-form)\/|^app\/(web|routes|components)\//;
  expect(inputs.filter((input) => forbidden.test(input))).toEqual([]);
  // It sends e-mails and receives none: the catcher is for development.
  expect(inputs).toContain("app/mail/send.server.ts");
  expect(inputs.filter((input) => /node_modules\/smtp-server\/|^scripts\//.test(input))).toEqual([]);
});
