import { expect, test } from "vitest";
import { isLocalWeb } from "./local-web.ts";

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
