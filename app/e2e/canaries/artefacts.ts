/** What a run leaves behind, and what may stand in each of it. */
import type { CanaryProduct } from "./product.ts";

export const artefacts = [
  "output of web and worker",
  "PostgreSQL's log",
  "dump",
  "jobs",
  "metrics",
  "answers",
  "Location headers",
  "Set-Cookie headers",
  "calls of debug_token",
  "other calls of Meta",
  "mails",
] as const;
export type Artefact = (typeof artefacts)[number];

/** Of all that is looked for: where it may be, and why. What is not listed is nowhere. */
export const allowed: Record<string, Partial<Record<Artefact, string>>> = {
  "message body": {
    "PostgreSQL's log": "with every parameter logged it holds what is stored",
    dump: "messages, and the deliveries that brought them",
    answers: "conversations, and what the platform's staff ask to see of a delivery",
  },
  "customer's number": {
    "PostgreSQL's log": "with every parameter logged it holds what is stored",
    dump: "contacts, and the deliveries that named them",
    answers: "conversations",
  },
  "business number": {
    "PostgreSQL's log": "with every parameter logged it holds what is stored",
    dump: "connections, and the deliveries that named them",
    answers: "the pages and the file about it, for who works there",
    mails: "says to a workspace's admins which of their numbers needs them",
  },
  "session token": { "Set-Cookie headers": "it is what the cookie is for" },
  "reset token": {
    mails: "the mail is how it reaches its person",
    "Set-Cookie headers": "where it is kept from then on, out of every address",
  },
  "access token": { "calls of debug_token": "Meta takes the token that is asked about as a parameter" },
  appsecret_proof: {
    "other calls of Meta": "Meta takes it as a parameter; it opens nothing without the token",
  },
  "deletion code": {
    "PostgreSQL's log": "what is looked up; whoever has it may read a status, and nothing else",
  },
};

/** In the headers of a call: only Authorization is left out, where tokens belong. Its body is how a code is exchanged. */
export async function gather(product: CanaryProduct): Promise<Record<Artefact, string>> {
  const { answers, graph, database, postgres, canaries } = product;
  const [metricsToken = ""] = canaries.get("metrics token") ?? [];
  const metrics = [product.origin, product.workerUrl].map(async (url) => {
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } });
    if (!answer.ok) throw new Error(`metrics: ${answer.status}`);
    return answer.text();
  });
  const jobs = await database.sql("select * from graphile_worker._private_jobs");
  const calls = (isAsked: boolean) =>
    graph.calls
      .filter(({ line }) => /\/debug_token\?/.test(line) === isAsked)
      .map(({ line, headers }) => `${line}\n${headers}`);
  const hidden = /^(?:set-cookie|location):.*$/gim;
  return {
    "output of web and worker": product.ownLines().join("\n"),
    "PostgreSQL's log": postgres.log(),
    dump: postgres.dump(new URL(database.url).pathname.slice(1)),
    jobs: JSON.stringify(jobs),
    metrics: (await Promise.all(metrics)).join("\n"),
    answers: answers.map(({ path, text }) => `${withoutEcho(text.replace(hidden, ""), path)}`).join("\n"),
    "Location headers": answers.map(({ location }) => location).join("\n"),
    "Set-Cookie headers": answers
      .flatMap(({ setCookies }) => setCookies.flatMap((line) => [line, opened(line)]))
      .join("\n"),
    "calls of debug_token": calls(true).join("\n"),
    "other calls of Meta": calls(false).join("\n"),
    mails: product.mails().join("\n"),
  };
}

/** A search shows what was searched for to whoever searched. */
function withoutEcho(text: string, path: string): string {
  const asked = new URLSearchParams(path.split("?")[1] ?? "").get("q");
  return asked ? text.replaceAll(asked, "") : text;
}

/** What a cookie of ours holds is signed and in base64, in an encoding of URLs. */
function opened(line: string): string {
  const value = decodeURIComponent((line.split(";")[0] ?? "").replace(/^[^=]*=/, ""));
  return Buffer.from(value.split(".")[0] ?? "", "base64").toString("utf8");
}
