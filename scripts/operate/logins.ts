/**
 * `npm run -s db:logins [-- --rotate] [-- --prefix NAME]`: logins of their own for web, operators' pages and worker, and
 * the lines for their environments. Run by the operator with the owner's DATABASE_URL, after db:migrate; again it puts
 * right what was altered. Passwords are made here and shown once; `--rotate` makes new ones.
 */
import { parseArgs } from "node:util";
import { makeLogins } from "../../db/logins.ts";
import { isCommand, runAsCommand } from "../command.ts";

const usage = "Usage: npm run -s db:logins -- [--rotate] [--prefix NAME]";

function readArguments(): { rotate: boolean; prefix: string } {
  try {
    const { values } = parseArgs({
      options: {
        rotate: { type: "boolean", default: false },
        prefix: { type: "string", default: "curbe" },
      },
    });
    if (/^[a-z][a-z0-9_]{0,39}$/.test(values.prefix)) return values;
  } catch {
    // The same answer as for a prefix that makes no name.
  }
  throw new Error(usage);
}

if (isCommand(import.meta.url)) {
  await runAsCommand(async (ownerUrl) => {
    const made = await makeLogins(ownerUrl, readArguments());
    return made
      .map(({ variable, name, url }) =>
        url
          ? `${variable}=${url}`
          : `# ${variable}: ${name} is there and keeps its password; --rotate makes a new one.`,
      )
      .join("\n");
  });
}
