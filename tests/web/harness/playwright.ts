/** Playwright within the permissions that tests have. It never loads a browser: Debian's is driven. */
import fs from "node:fs";
import type { BrowserType } from "playwright-core";

/**
 * Loads the driver of Chromium. While it loads it asks whether some files under /proc and /run are there,
 * which Deno refuses to programs without every permission by an exception; in Node the answer is no.
 */
export async function loadDriver(): Promise<BrowserType> {
  const { existsSync } = fs;
  fs.existsSync = (path) => {
    try {
      return existsSync(path);
    } catch {
      return false;
    }
  };
  try {
    return (await import("playwright-core")).chromium;
  } finally {
    fs.existsSync = existsSync;
  }
}
