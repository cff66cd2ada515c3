import { expect, test } from "vitest";
import { isLocalDatabase, isLocalWeb } from "./local-address.ts";

test.each([
  "postgres://localhost/curbe",
  "postgres://LOCALHOST:5433/curbe",
  "postgresql://user:p%40ss@127.0.0.1/curbe",
  "postgres://127.255.1.2/curbe",
  "postgres://[::1]:5432/curbe",
  "postgres://[::ffff:127.0.0.1]/curbe",
  "postgres:///curbe",
  "postgres://user@/curbe?host=/var/run/postgresql",
  "postgres:///curbe?host=/tmp",
  "postgres://%2Fvar%2Frun%2Fpostgresql/curbe",
  "postgres://localhost/curbe?host=127.0.0.1&hostaddr=::1",
  "postgres://u:p@localhost/curbe?application_name=evil.example",
])("%s is on this machine", (url) => {
  expect(isLocalDatabase(url)).toBe(true);
});

test.each([
  "postgres://db.example.com/curbe",
  "postgres://localhost.evil.example/curbe",
  "postgres://127.0.0.1.evil.example/curbe",
  "postgres://localhost@evil.example/curbe",
  "postgres://localhost%2eevil.example/curbe",
  "postgres://localhost%00/curbe",
  "postgres://evil.example#@localhost/curbe",
  "postgres://evil.example/@localhost/curbe",
  "postgres://evil.example?@localhost/curbe",
  "postgres://localhost,evil.example/curbe",
  "postgres://localhost/curbe?host=evil.example",
  "postgres://localhost/curbe?host=localhost,evil.example",
  "postgres://localhost/curbe?host=localhost&host=evil.example",
  "postgres://localhost/curbe?host=evil.example&host=localhost",
  "postgres://localhost/curbe?hostaddr=203.0.113.7",
  "postgres://localhost/curbe?service=production",
  "postgres://user@/curbe?host=evil.example",
  "postgres://10.0.0.5/curbe",
  "postgres://0.0.0.0/curbe",
  "postgres://[fe80::1]/curbe",
  "postgres://[2001:db8::1]/curbe",
  "postgres://[::ffff:10.0.0.5]/curbe",
  "postgres://128.0.0.1/curbe",
  "postgres://db/curbe",
  "postgres://localhost:5432,evil.example:5432/curbe",
  "not a url",
])("%s is elsewhere, or may be", (url) => {
  expect(isLocalDatabase(url)).toBe(false);
});

test.each([
  ["PGHOST", "evil.example", "postgres:///curbe", false],
  ["PGHOST", "localhost,evil.example", "postgres:///curbe", false],
  ["PGHOST", "/var/run/postgresql", "postgres:///curbe", true],
  ["PGHOST", "evil.example", "postgres://localhost/curbe", true],
  ["PGHOSTADDR", "203.0.113.7", "postgres://localhost/curbe", false],
  ["PGHOSTADDR", "127.0.0.1", "postgres://localhost/curbe", true],
  ["PGSERVICE", "production", "postgres:///curbe", false],
])("%s=%s with %s", (variable, value, url, isLocal) => {
  const before = process.env[variable];
  process.env[variable] = value;
  try {
    expect(isLocalDatabase(url)).toBe(isLocal);
  } finally {
    if (before === undefined) delete process.env[variable];
    else process.env[variable] = before;
  }
});

test.each([
  "http://localhost:3000",
  "https://LOCALHOST",
  "http://127.0.0.1:3000",
  "http://127.1.2.3",
  "http://127.1:3000",
  "http://0x7f000001",
  "http://[::1]:3000",
])("%s is on this machine", (address) => {
  expect(isLocalWeb(address)).toBe(true);
});

test.each([
  "https://app.example.com",
  "http://notlocalhost:3000",
  "http://localhost.example.com",
  "http://127.0.0.1.example.com",
  "http://localhost@example.com",
  "http://example.com#@localhost",
  "http://example.com?@localhost",
  "http://example.com\\@localhost",
  "http://10.0.0.7:3000",
  "http://0.0.0.0:3000",
  "http://[::]:3000",
  "http://[::ffff:10.0.0.7]",
  "http://1270.0.1",
  "file://localhost/etc",
  "localhost:3000",
  "",
])("%s is not", (address) => {
  expect(isLocalWeb(address)).toBe(false);
});
