import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { UnprovenConnectionError } from "../../db/connection-proof.ts";
import { shownDatabase, shownUrl } from "./checks/addresses.ts";
import { judgeClock, judgeDateHeader } from "./checks/clock.ts";
import { judgeServer, serverCheck } from "./checks/database.ts";
import type { Session } from "./checks/database-session.ts";
import { judgeSealed } from "./checks/keys.ts";
import { judgePooling } from "./checks/pooling.ts";
import { handshakeCheck, proxyCheck } from "./checks/web.ts";
import { devEnvironment } from "./dev-environment.ts";
import { isUnset, judgeEnvironment, readEnvironment } from "./environment.ts";
import { check, examine, NotPossible } from "./examine.ts";
import { asJson, asText, fail, hasFailed, ok, skip, warn } from "./findings.ts";
import { refusingDatabase, silentHost } from "./testing/stand-ins.ts";

const patient = { values: {}, problems: [], timeoutMs: 50, limitMs: 100, now: () => 0 };

/** A connection that gives these rows, one answer after the other. */
function session(...answers: object[][]): Session {
  return { query: async () => ({ rows: (answers.shift() ?? []) as never[] }) };
}

describe("the environment", () => {
  const required = [
    "META_APP_ID",
    "META_APP_SECRET",
    "META_REDIRECT_URI",
    "TOKEN_ENCRYPTION_KEY_BASE64",
    "DATABASE_URL",
    "META_WEBHOOK_VERIFY_TOKEN",
    "SESSION_SECRETS",
    "APP_ORIGIN",
  ];

  test("names each missing variable with the processes that need it and what to do", () => {
    const findings = judgeEnvironment(readEnvironment({ META_APP_ID: "" }));
    expect(findings.map(({ subject }) => subject).sort()).toEqual([...required].sort());
    expect(findings.every(({ status, toDo }) => status === "FAIL" && toDo)).toBe(true);
    const saysOf = (subject: string) => findings.find((one) => one.subject === subject)?.says;
    expect(saysOf("META_APP_ID")).toBe("is required and not set (web and worker)");
    expect(saysOf("SESSION_SECRETS")).toBe("is required and not set (web)");
  });

  test.each([
    ...required.filter((name) => name !== "META_APP_SECRET" && name !== "META_WEBHOOK_VERIFY_TOKEN"),
    ..."META_CONFIG_ID META_GRAPH_URL META_GRAPH_VERSION WORKER_PORT TRUSTED_PROXY_HOPS".split(" "),
    "TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64",
  ])("names a malformed %s and keeps the others, never its value", (variable) => {
    const { values, problems } = readEnvironment({
      APP_ORIGIN: "https://a.example",
      META_APP_ID: "123456",
      [variable]: "canary",
    });
    expect(problems.map((one) => one.variable)).toContain(variable);
    expect(JSON.stringify(judgeEnvironment({ problems }))).not.toContain("canary");
    expect(Object.keys(values)).toContain(variable === "META_APP_ID" ? "APP_ORIGIN" : "META_APP_ID");
  });

  test("names secrets that are equal, each with the other, also where they belong to different processes", () => {
    const shared = "canary-shared-secret-of-32-characters-or-more";
    const { problems } = readEnvironment({
      META_APP_SECRET: shared,
      META_WEBHOOK_VERIFY_TOKEN: shared,
      SESSION_SECRETS: `canary-another-secret-of-32-characters, ${shared}`,
    });
    const says = JSON.stringify(judgeEnvironment({ problems }));
    for (const variable of ["META_WEBHOOK_VERIFY_TOKEN", "SESSION_SECRETS"])
      expect(problems).toContainEqual({
        variable,
        problem: "has the same value as META_APP_SECRET: make one up for each",
      });
    expect(says).not.toContain("canary");
  });

  test("counts as unset with nothing but what is optional, and DATABASE_URL", () => {
    expect(isUnset({ PATH: "/bin", PORT: "3000", DATABASE_URL: "postgres://x/y" })).toBe(true);
    expect(isUnset({ META_APP_ID: "123456" })).toBe(false);
  });
});

describe("running checks", () => {
  test("skips what lacks a variable, ends what hangs, survives what throws, and keeps the order", async () => {
    const started = performance.now();
    const findings = await examine(patient, [
      check("lacking", ["APP_ORIGIN"], async () => [ok("lacking", "never")]),
      check("hanging", [], () => new Promise(() => {})),
      check("throwing", [], async () => {
        throw new TypeError("canary");
      }),
      check("impossible", [], async () => {
        throw new NotPossible("see elsewhere");
      }),
      check("good", [], async () => [ok("good", "all well")]),
    ]);
    expect(findings.map(({ status, subject, says }) => `${status} ${subject}: ${says}`)).toEqual([
      "skip lacking: needs APP_ORIGIN",
      "FAIL hanging: was not finished after 0.1 s",
      "FAIL throwing: could not be looked at (TypeError)",
      "skip impossible: see elsewhere",
      "ok good: all well",
    ]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test("tells one line for each finding and the sum; warnings and skips do not fail", () => {
    const report = {
      environment: "a test",
      findings: [ok("a", "fine"), warn("b", "odd", "mend it"), skip("c", "no")],
    };
    expect(hasFailed(report)).toBe(false);
    expect(asText(report).split("\n")).toEqual([
      "Environment: a test.",
      "",
      "ok    a  fine",
      "warn  b  odd  → mend it",
      "skip  c  no",
      "",
      "1 ok, 1 warn, 0 FAIL, 1 skip.",
    ]);
    const failed = { ...report, findings: [fail("d", "bad", "mend")] };
    expect(JSON.parse(asJson(failed))).toMatchObject({
      passed: false,
      findings: [{ status: "FAIL", subject: "d" }],
    });
  });
});

describe("clocks", () => {
  test.each([
    [2_000, "ok"],
    [-2_000, "ok"],
    [2_001, "warn"],
    [-30_000, "warn"],
    [30_001, "FAIL"],
    [-3_600_000, "FAIL"],
  ])("%d ms apart: %s", (offset, status) => {
    expect(judgeClock("clock", "x", offset).status).toBe(status);
  });

  test("say which way this machine is off", () => {
    expect(judgeClock("clock", "the database", 60_000).says).toBe("this machine is 60 s behind the database");
    expect(judgeClock("clock", "the database", -2_500).says).toBe(
      "this machine is 2.5 s ahead of the database",
    );
  });

  test("cannot be told by a host that sends no date", () => {
    expect(judgeDateHeader("clock", "x", null, 0)).toEqual([]);
    expect(judgeDateHeader("clock", "x", "Thu, 01 Jan 1970 00:00:10 GMT", 10_600)).toMatchObject([
      { status: "ok" },
    ]);
  });
});

describe("the database, as it describes itself", () => {
  const facts = { name: "15.2 (Debian)", version: 150_002, now: new Date(0) };
  const settings = (...off: string[]) =>
    ["fsync", "full_page_writes", "synchronous_commit"].map((name) => ({
      name,
      setting: off.includes(name) ? "off" : "on",
    }));

  const letters = [[{ utf8: true }], [{ folds: true }]];

  test("is good from 15 on, with durable settings and all letters", async () => {
    const findings = await judgeServer(session([facts], settings(), ...letters), patient, "here");
    expect(findings.map(({ status }) => status)).toEqual(["ok", "ok", "ok", "ok"]);
    expect(findings[0]?.says).toBe("PostgreSQL 15.2 at here");
  });

  test("is too old before, and fails when a crash may undo a commit", async () => {
    const old = { name: "14.9", version: 140_009, now: new Date(60_000) };
    const findings = await judgeServer(
      session([old], settings("synchronous_commit", "fsync"), ...letters),
      patient,
      "here",
    );
    expect(findings.map(({ status }) => status)).toEqual(["FAIL", "FAIL", "ok", "FAIL"]);
    expect(findings[0]?.says).toMatch(/14\.9.*too old/);
    expect(findings[1]?.says).toMatch(/^fsync, synchronous_commit off/);
  });
});

describe("a database that lets nobody in", () => {
  // Long enough for a busy machine to load the driver; only the silent one is meant to run out of its time.
  const askedAt = async (url: string, limitMs = 15_000) => {
    const asking = { ...patient, values: { DATABASE_URL: url }, timeoutMs: limitMs, limitMs };
    const findings = await examine(asking, [serverCheck]);
    expect(JSON.stringify(findings)).not.toContain("canary");
    return findings;
  };

  test.each([
    ["28P01", /the password was refused/],
    ["28000", /may not come in from here/],
    ["53300", /no free connections/],
    ["57P03", /starting up or shutting down/],
    ["08006", /cannot be reached/],
  ])("with %s is told in our words", async (state, says) => {
    expect(await askedAt(await refusingDatabase(state))).toMatchObject([
      { status: "FAIL", says: expect.stringMatching(says) },
    ]);
  });

  test("or never answers is left after its time", async () => {
    const findings = await askedAt(`postgres://u:canary@127.0.0.1:${await silentHost()}/curbe`, 1_000);
    expect(findings).toMatchObject([{ status: "FAIL", says: "127.0.0.1, database curbe: no answer" }]);
  });
});

describe("our web's address", () => {
  const judged = (origin: string, hops: number) => {
    const values = {
      APP_ORIGIN: origin,
      TRUSTED_PROXY_HOPS: hops,
      META_WEBHOOK_VERIFY_TOKEN: "canary-token",
    };
    return examine({ ...patient, values }, [proxyCheck, handshakeCheck]);
  };

  test("behind https needs a proxy hop", async () => {
    const statuses = async (hops: number) => (await judged("https://127.0.0.1:1", hops))[0]?.status;
    expect(await statuses(0)).toBe("warn");
    expect(await statuses(1)).toBe("ok");
  });

  test("on plain http elsewhere is never sent the verify token", async () => {
    const findings = await judged("http://app.invalid", 1);
    expect(findings[1]).toMatchObject({
      status: "FAIL",
      says: "would send the verify token over plain http",
    });
  });
});

describe("pooling", () => {
  const opening = (...sessions: Session[]) => {
    let closed = 0;
    const open = async () => {
      const next = sessions.shift();
      if (!next) throw new Error("canary");
      return { session: next, close: () => void closed++ };
    };
    return { open, closed: () => closed };
  };

  test("two connections with their role and a server process each are whole sessions", async () => {
    const { open, closed } = opening(session([{ pid: 1 }]), session([{ pid: 2 }]));
    expect(await judgePooling(open)).toMatchObject({ status: "ok" });
    expect(closed()).toBe(2);
  });

  test("a role that did not arrive, a shared process and a refused second connection fail", async () => {
    const dropped = async () => {
      throw new UnprovenConnectionError("connections do not come up as app_web");
    };
    expect(await judgePooling(dropped)).toMatchObject({
      status: "FAIL",
      says: "connections do not come up as app_web",
    });
    const shared = opening(session([{ pid: 1 }]), session([{ pid: 1 }]));
    expect(await judgePooling(shared.open)).toMatchObject({
      status: "FAIL",
      says: expect.stringMatching(/pools transactions/),
    });
    const alone = opening(session([{ pid: 1 }]));
    const finding = await judgePooling(alone.open);
    expect(finding).toMatchObject({ status: "FAIL" });
    expect(JSON.stringify(finding)).not.toContain("canary");
  });
});

describe("sealed tokens", () => {
  const keys = { primary: "AAAAAAAA", previous: ["BBBBBBBB"] };
  const at = (id: string, count: number, place = "channel_connections.access_token_enc") => ({
    place,
    start: `v1.${id}.`,
    count,
  });

  test("are counted by their key", () => {
    expect(judgeSealed([at("AAAAAAAA", 3), at("BBBBBBBB", 2)], keys)).toEqual([
      ok("sealed tokens", "3 under the primary key, 2 under previous ones; all have their key"),
    ]);
  });

  test("under a key that is not here, or in no sealed form, fail with place and key id, never with the text", () => {
    const findings = judgeSealed(
      [at("AAAAAAAA", 3), at("CCCCCCCC", 4), { place: "t.x_enc", start: "EAAcanary123", count: 1 }],
      keys,
    );
    expect(findings.map(({ status }) => status)).toEqual(["FAIL", "FAIL"]);
    expect(findings[0]?.says).toContain(
      "4 in channel_connections.access_token_enc under a key that is not here",
    );
    expect(findings[0]?.says).toContain("key id CCCCCCCC");
    expect(findings[0]?.says).toContain("3 under the primary key");
    expect(findings[1]?.says).toContain("1 in t.x_enc");
    expect(JSON.stringify(findings)).not.toContain("canary");
  });
});

describe("what is shown of an address", () => {
  test("is never a password, also where one was mistyped into the path", () => {
    expect(shownDatabase("postgres://u:canary@db.example:5432/curbe?sslmode=require")).toBe(
      "db.example, database curbe",
    );
    expect(shownDatabase("postgres://u:12/canary@db.example/curbe")).not.toContain("canary");
    expect(shownDatabase("postgres:///curbe?host=/run/postgresql")).toBe("/run/postgresql, database curbe");
    expect(shownUrl("https://u:canary@a.example/hook?token=canary#canary")).toBe("https://a.example/hook");
    expect(shownUrl("canary")).not.toContain("canary");
  });
});

describe("a running npm run dev", () => {
  const folder = () => {
    const made = mkdtempSync(path.join(tmpdir(), "curbe-doctor-"));
    onTestFinished(() => rmSync(made, { recursive: true }));
    return (name: string, content: object) => {
      writeFileSync(path.join(made, name), JSON.stringify(content));
      return made;
    };
  };
  const secrets = { appId: "1", appSecret: "2", verifyToken: "3", encryptionKey: "4", sessionSecret: "5" };

  const origin = "http://localhost:3000";
  const sandboxUrl = "http://127.0.0.1:4321";

  test("gives its values", () => {
    const note = folder();
    note("dev-secrets.json", secrets);
    const found = devEnvironment(
      note("dev.json", { pid: process.pid, parts: [], origin, sandboxUrl, databaseUrl: "p" }),
    );
    expect(found).toMatchObject({
      APP_ORIGIN: origin,
      META_GRAPH_URL: sandboxUrl,
      DATABASE_URL: "p",
    });
  });

  test("is none when it has not noted its address yet, or is gone", () => {
    const note = folder();
    expect(devEnvironment(note("dev-secrets.json", secrets))).toBeUndefined();
    expect(devEnvironment(note("dev.json", { pid: process.pid, parts: [] }))).toBeUndefined();
    const gone = { pid: 2 ** 30, parts: [], origin, sandboxUrl, databaseUrl: "p" };
    expect(devEnvironment(note("dev.json", gone))).toBeUndefined();
  });
});
