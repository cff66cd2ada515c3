/** The Chromium for browser tests. Playwright's own download does not work everywhere, a system's package mostly does. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { chromium } from "@playwright/test";

/**
 * A path to Chromium: CHROMIUM_PATH, else a system browser, else Playwright's own. On Debian as root it installs the
 * package `chromium` when there is none. Throws one sentence that says what to install.
 */
export function ensureBrowser(): string {
  const found = findBrowser();
  if (found) return found;
  if (process.getuid?.() === 0 && isDebian()) {
    console.log("Installing Chromium (apt-get install chromium) ...");
    spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit" });
    const flags = ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"];
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", flags, { stdio: ["ignore", "ignore", "inherit"], env: environment });
    const installed = findBrowser();
    if (installed) return installed;
  }
  throw new Error(
    "No Chromium for the browser tests: install one (Debian: apt-get install chromium; elsewhere: npx playwright install chromium) or set CHROMIUM_PATH.",
  );
}

function findBrowser(): string | undefined {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (existsSync(given)) return given;
    throw new Error("CHROMIUM_PATH names no file.");
  }
  for (const name of ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch {
      // Not this one.
    }
  }
  const own = chromium.executablePath();
  return own && existsSync(own) ? own : undefined;
}

export function isDebian(): boolean {
  return (
    existsSync("/etc/os-release") &&
    /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync("/etc/os-release", "utf8"))
  );
}
