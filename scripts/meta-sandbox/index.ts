import { z } from "zod";
import { startSandbox } from "./sandbox.ts";

const environmentSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535),
  META_APP_ID: z.string().min(1),
  META_APP_SECRET: z.string().min(1),
  META_CONFIG_ID: z.string().min(1).optional(),
  META_REDIRECT_URI: z.url(),
  META_WEBHOOK_VERIFY_TOKEN: z.string().min(1),
  WEBHOOK_CALLBACK_URL: z.url(),
  SANDBOX_STATE_FILE: z.string().min(1).optional(),
});

type Environment = z.output<typeof environmentSchema>;

/** Names what is missing or wrong, never its value. */
function readEnvironment(): Environment {
  const present = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ""));
  const parsed = environmentSchema.safeParse(present);
  if (parsed.success) return parsed.data;
  const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))];
  const problems = names.map((name) => `${name} is ${present[name] === undefined ? "missing" : "not valid"}`);
  return fail(problems.join(", "));
}

function fail(reason: string): never {
  console.error(`meta-sandbox: ${reason}`);
  process.exit(1);
}

const environment = readEnvironment();
const sandbox = await startSandbox({
  port: environment.PORT,
  appId: environment.META_APP_ID,
  appSecret: environment.META_APP_SECRET,
  ...(environment.META_CONFIG_ID === undefined ? {} : { configId: environment.META_CONFIG_ID }),
  redirectUris: [environment.META_REDIRECT_URI],
  webhook: {
    callbackUrl: environment.WEBHOOK_CALLBACK_URL,
    verifyToken: environment.META_WEBHOOK_VERIFY_TOKEN,
  },
  ...(environment.SANDBOX_STATE_FILE === undefined ? {} : { stateFile: environment.SANDBOX_STATE_FILE }),
  log: (line) => console.log(`meta-sandbox ${line}`),
}).catch((error: NodeJS.ErrnoException) =>
  fail(error.code === "EADDRINUSE" ? `port ${environment.PORT} is taken` : error.message),
);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void sandbox.stop());
}
// Last, because whoever waits for this line may send a signal at once.
console.log(`meta-sandbox listening on ${sandbox.url}`);
