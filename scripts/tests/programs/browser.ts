/** The Chromium for browser tests. Playwright's own download does not work everywhere, a system's package mostly does. */
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import { findProgram, installOnDebian } from "./debian.ts";

/**
 * A path to Chromium: CHROMIUM_PATH, else a system browser, else Playwright's own. The shell without windows comes first:
 * the same pages cost it a quarter less. On Debian as root it is installed when there is none, or `chromium` where
 * that release has no such package. Throws one sentence that says what to install.
 */
export function ensureBrowser(): string {
  const found = findBrowser();
  if (found) return found;
  for (const name of ["chromium-headless-shell", "chromium"]) {
    installOnDebian(name, "fonts-liberation");
    const installed = findBrowser();
    if (installed) return installed;
  }
  throw new Error(
    "No Chromium for the browser tests: install one (Debian: apt-get install chromium-headless-shell; elsewhere: npx playwright install chromium) or set CHROMIUM_PATH.",
  );
}

function findBrowser(): string | undefined {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (existsSync(given)) return given;
    throw new Error("CHROMIUM_PATH names no file.");
  }
  for (const name of [
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
  ]) {
    const program = findProgram(name);
    if (program) return program;
  }
  const own = chromium.executablePath();
  return own && existsSync(own) ? own : undefined;
}
