/** The web's probes by HTTP: ready only while the database answers at this build's level and nobody has asked it to end. */

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import express from "express";
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { createDb, createPool, type Db } from "#db/client.ts";
import { freePort } from "#db/testing/free-port.ts";
import {
  administer,
  createTestDatabase,
  type TestDatabase,
  withDatabase,
} from "#db/testing/test-database.ts";
import { createProbes } from "./probes.server.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());
afterEach(() => database.sql("update app.migrations set name = replace(name, 'older ', '')"));

/** As the web opens it. */
function databaseAt(connectionString: string): Db {
  const pool = createPool({
    connectionString,
    role: "app_web",
    applicationName: "curbe-web",
    max: 10,
    statementTimeoutMs: 5_000,
    onError: () => {},
  });
  const db = createDb(pool);
  onTestFinished(() => db.destroy());
  return db;
}

async function serve(db: Db) {
  const probes = createProbes({ db, metricsToken: undefined });
  const app = express().disable("x-powered-by").use(probes.router);
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, body: await answer.text(), connection: answer.headers.get("connection") };
  };
  const readiness = async () => {
    const { status, body } = await ask("/readyz");
    return [status, (JSON.parse(body) as { reason?: string }).reason];
  };
  return { ask, readiness, drain: probes.drain };
}

test("ready with a database at this build's level, and no longer when its schema is behind, until it is there", async () => {
  const { ask, readiness } = await serve(databaseAt(database.url));
  expect(await ask("/readyz")).toMatchObject({ status: 200, body: '{"ready":true}' });
  await database.sql("update app.migrations set name = 'older ' || name");
  expect(await readiness()).toEqual([503, "not at this build's schema"]);
  expect(await ask("/livez")).toMatchObject({ status: 200, body: "ok" });
  await database.sql("update app.migrations set name = replace(name, 'older ', '')");
  expect(await readiness()).toEqual([200, undefined]);
});

test("a database that was never migrated is one that is behind", async () => {
  const name = `curbe_test_empty_${process.pid}`;
  await administer(inject("adminUrl"), `create database ${name}`);
  onTestFinished(() => administer(inject("adminUrl"), `drop database ${name} with (force)`));
  const { readiness } = await serve(databaseAt(withDatabase(database.url, name)));
  expect(await readiness()).toEqual([503, "not at this build's schema"]);
});

test("a database that is away", async () => {
  const { ask, readiness } = await serve(databaseAt(`postgres://web@127.0.0.1:${await freePort()}/curbe`));
  expect(await readiness()).toEqual([503, "database does not answer"]);
  expect((await ask("/livez")).status).toBe(200);
});

test("a database that takes connections and says nothing: told before the pool gives up, asked by one of forty", async () => {
  const asked: Socket[] = [];
  const silent = createServer((socket) => {
    asked.push(socket.on("error", () => {}).resume());
  });
  await once(silent.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as AddressInfo;
  const { readiness } = await serve(databaseAt(`postgres://web@127.0.0.1:${port}/curbe`));
  const answers = await Promise.all(Array.from({ length: 40 }, readiness));
  expect(answers).toEqual(answers.map(() => [503, "database does not answer"]));
  // Not because the pool had given up, which is after two seconds.
  expect(asked.map(({ closed }) => closed)).toEqual([false]);
  // Else the pool waits for it until its time is over.
  for (const socket of asked) socket.destroy();
});

test("draining, whatever the database says, and asking for no further request on the connection", async () => {
  const { ask, readiness, drain } = await serve(databaseAt(database.url));
  expect((await ask("/readyz")).connection).not.toBe("close");
  drain();
  expect(await readiness()).toEqual([503, "draining"]);
  for (const path of ["/readyz", "/livez"]) expect((await ask(path)).connection).toBe("close");
  expect((await ask("/livez")).status).toBe(200);
});
