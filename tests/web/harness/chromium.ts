/**
 * Debian's Chromium inside a network namespace of the test: it reaches the node on that namespace's
 * loopback, the other namespaces of the test, and nothing else.
 */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { canNetwork, type Host, networkTest } from "../../e2e/harness/netns.ts";
import { startProgram } from "../../e2e/harness/process.ts";
import { loadDriver } from "./playwright.ts";
import { Visitor, type VisitorOptions } from "./visitor.ts";

const PROGRAM = "chromium";
/** What it would otherwise do by itself: all of that would fail here, and cost time. */
const QUIET = [
  // As root it can't have its own sandbox; what it shows is the test's own.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-domain-reliability",
  "--disable-sync",
  "--metrics-recording-only",
  "--no-pings",
  "--dns-prefetch-disable",
];

/** Why tests can't have a browser here; `undefined` where they can. */
const noBrowser = await whyNoBrowser();

async function whyNoBrowser(): Promise<string | undefined> {
  if (!canNetwork) return undefined;
  await using found = await startProgram(["sh", "-c", `command -v ${PROGRAM}`]);
  return (await found.end()).code === 0 ? undefined : `${PROGRAM} isn't installed`;
}

/** Declares a test with a browser. Where there can be none it is ignored, and its name says why. */
export function browserTest(name: string, run: (t: Deno.TestContext) => Promise<void>): void {
  if (noBrowser === undefined) return networkTest(name, run);
  Deno.test({ name: `${name} (skipped: ${noBrowser})`, ignore: true, fn: run });
}

/** One running browser. Disposing ends it and removes all that it wrote. */
export class Chromium implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #stack: AsyncDisposableStack;

  private constructor(browser: Browser, stack: AsyncDisposableStack) {
    this.#browser = browser;
    this.#stack = stack;
  }

  /** Starts it on a host of a test network. */
  static async start({ namespace }: Pick<Host, "namespace">): Promise<Chromium> {
    await using starting = new AsyncDisposableStack();
    const home = await Deno.makeTempDir({ prefix: "gossamer-chromium-" });
    starting.defer(() => Deno.remove(home, { recursive: true }));
    const executablePath = join(home, "chromium");
    // `exec` all the way: the process that the driver ends is the browser.
    const start = `#!/bin/sh\nexec ip netns exec ${namespace} ${PROGRAM} "$@"\n`;
    await Deno.writeTextFile(executablePath, start, { mode: 0o700 });
    const driver = await loadDriver();
    const browser = await driver.launch({
      executablePath,
      args: QUIET,
      env: { HOME: home, TMPDIR: home, PATH: Deno.env.get("PATH") ?? "", LANG: "C.UTF-8" },
      ...{ handleSIGHUP: false, handleSIGINT: false, handleSIGTERM: false },
    });
    starting.defer(() => browser.close());
    return new Chromium(browser, starting.move());
  }

  /** A window with cookies and storage of its own. */
  async visitor(options: VisitorOptions = {}): Promise<Visitor> {
    return await Visitor.enter(this.#browser, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
