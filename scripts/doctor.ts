/**
 * `npm run doctor`: looks at everything an operator sets up, and says of each what is wrong and what to do.
 *
 *   npm run doctor               the environment of web and worker (and .env); without any, a running `npm run dev`
 *   npm run -s doctor -- --json  the same as JSON, and nothing else
 *
 * Writes nothing, opens no token, prints no secret. Exit code 0 when nothing failed (warnings may remain), 1 otherwise.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import { isCommand } from "./command.ts";
import { schemaCheck, serverCheck } from "./doctor/checks/database.ts";
import { demoAccountsCheck } from "./doctor/checks/demo-accounts.ts";
import { graphHostCheck } from "./doctor/checks/graph-host.ts";
import { sealedTokensCheck, sessionSecretsCheck } from "./doctor/checks/keys.ts";
import { rolesCheck } from "./doctor/checks/logins.ts";
import { mailCheck } from "./doctor/checks/mail.ts";
import { configIdCheck, credentialsCheck, onFileCheck } from "./doctor/checks/meta-app.ts";
import { poolingCheck } from "./doctor/checks/pooling.ts";
import { handshakeCheck, proxyCheck, redirectCheck, webCheck } from "./doctor/checks/web.ts";
import { devEnvironment } from "./doctor/dev-environment.ts";
import { isUnset, judgeEnvironment, readEnvironment } from "./doctor/environment.ts";
import { examine } from "./doctor/examine.ts";
import { asJson, asText, hasFailed, type Report } from "./doctor/findings.ts";
import { root } from "./stack.ts";

/** In the order they are told; they run side by side. */
const checks = [
  serverCheck,
  rolesCheck,
  poolingCheck,
  schemaCheck,
  sealedTokensCheck,
  sessionSecretsCheck,
  demoAccountsCheck,
  graphHostCheck,
  credentialsCheck,
  configIdCheck,
  webCheck,
  proxyCheck,
  redirectCheck,
  handshakeCheck,
  onFileCheck,
  mailCheck,
];

interface DoctorOptions {
  /** In words, where `variables` came from. */
  environment: string;
  variables: Record<string, string | undefined>;
  /** They are those of a running `npm run dev`. */
  isDev?: boolean;
  /** For one request, and for a whole check. */
  timeoutMs?: number;
  limitMs?: number;
  now?: () => number;
}

/** Runs every check that the variables allow, and is done after `limitMs` (10 s). Never throws. */
export async function runDoctor(options: DoctorOptions): Promise<Report> {
  const {
    environment,
    variables,
    isDev = false,
    timeoutMs = 8_000,
    limitMs = 10_000,
    now = Date.now,
  } = options;
  const known = readEnvironment(variables);
  const found = await examine({ ...known, isDev, timeoutMs, limitMs, now }, checks);
  return { environment, findings: [...judgeEnvironment(known), ...found] };
}

/** Our own variables, or where none is set those of a running `npm run dev`. */
async function ownEnvironment(): Promise<DoctorOptions> {
  const unconfigured = isUnset(process.env);
  const dev = unconfigured ? devEnvironment(path.join(root, ".data")) : undefined;
  if (dev)
    return { environment: "the running npm run dev", variables: { ...process.env, ...dev }, isDev: true };
  const unset = unconfigured ? ": nothing is set there, and no npm run dev is running here" : "";
  return { environment: `this process (and .env)${unset}`, variables: process.env };
}

function readArguments(): { json: boolean } {
  try {
    const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
    return values;
  } catch {
    console.error("Usage: npm run doctor [-- --json]");
    process.exit(2);
  }
}

if (isCommand(import.meta.url)) {
  const { json } = readArguments();
  const report = await runDoctor(await ownEnvironment());
  // Whatever still hangs is left behind.
  process.stdout.write(`${json ? asJson(report) : asText(report)}\n`, () =>
    process.exit(hasFailed(report) ? 1 : 0),
  );
}
