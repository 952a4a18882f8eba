/**
 * Somebody in front of a browser's window. All that the window asks of the network is written down, and so
 * is what its pages complain of; leaving fails when there was anything that shouldn't have been.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { faults } from "./axe.ts";

/** What a window is on. */
export type Device = "desktop" | "phone";

/** What a window is like. */
export interface VisitorOptions {
  /** Its size and how it is touched; "desktop" unless given. */
  readonly device?: Device;
  /** Whether its owner likes it dark. */
  readonly dark?: boolean;
  /** Whether pages may run scripts; so unless given. */
  readonly scripts?: boolean;
}

/** How long a page or a part of it may take to come. Generous: CI machines are slow. */
const PATIENCE_MS = 30_000;
const SIZES = {
  desktop: { viewport: { width: 1_280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const;
/** Chromium's own words for an answer that isn't 2xx: the pages say these themselves. */
const ANSWERED = /^Failed to load resource: the server responded with a status of \d/;
/** A folder for pictures of what was seen, for people to look at; without it there are none. */
const PICTURES = "GOSSAMER_SCREENSHOTS";

/** One window. */
export class Visitor implements AsyncDisposable {
  /** What it shows. */
  readonly page: Page;
  /** What it is on. */
  readonly device: Device;
  readonly #context: BrowserContext;
  readonly #asked: URL[] = [];
  readonly #complaints: string[] = [];
  #origin: string | undefined;

  private constructor(context: BrowserContext, page: Page, device: Device) {
    this.page = page;
    this.device = device;
    this.#context = context;
    context.on("request", (request) => this.#asked.push(new URL(request.url())));
    context.on("weberror", (error) => this.#complaints.push(String(error.error())));
    context.on("console", (message) => {
      if (message.type() !== "error" || ANSWERED.test(message.text())) return;
      this.#complaints.push(message.text());
    });
    page.on("websocket", (socket) => this.#asked.push(new URL(socket.url())));
  }

  /** Opens a window. */
  static async enter(browser: Browser, options: VisitorOptions): Promise<Visitor> {
    const { device = "desktop", dark = false, scripts = true } = options;
    const context = await browser.newContext({
      ...SIZES[device],
      deviceScaleFactor: 1,
      colorScheme: dark ? "dark" : "light",
      reducedMotion: "reduce",
      javaScriptEnabled: scripts,
      locale: "en-GB",
      serviceWorkers: "block",
    });
    context.setDefaultTimeout(PATIENCE_MS);
    return new Visitor(context, await context.newPage(), device);
  }

  /** Goes to an address by typing it. The first one's origin is the only one that may be asked anything. */
  async open(url: string): Promise<void> {
    const to = new URL(url, this.#origin);
    this.#origin ??= to.origin;
    await this.page.goto(to.href, { waitUntil: "load" });
  }

  /** Where it is: path and query. */
  get path(): string {
    const { pathname, search } = new URL(this.page.url());
    return `${pathname}${search}`;
  }

  /** Likes it dark or light from now on. */
  async prefers(colorScheme: "dark" | "light"): Promise<void> {
    await this.page.emulateMedia({ colorScheme });
  }

  /** Takes a picture of the whole page where somebody wants to look at it. */
  async picture(name: string): Promise<void> {
    const folder = Deno.env.get(PICTURES);
    if (folder === undefined) return;
    await Deno.mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }

  /** Fails when the page's colours can't be told apart. */
  async legible(): Promise<void> {
    const found = await faults(this.page, { only: ["color-contrast"] });
    assert.deepEqual(found, [], `${this.path} on ${this.device}`);
  }

  /** Fails when the page isn't accessible to all by axe's rules, or is wider than the window. */
  async accessible(): Promise<void> {
    assert.deepEqual(await faults(this.page), [], `${this.path} on ${this.device}`);
    // Not `innerWidth`, which on a phone grows with what is in it.
    const root = "document.documentElement";
    const wide = await this.page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`);
    assert.ok(Number(wide) <= 0, `${this.path} on ${this.device} is ${wide} px too wide`);
  }

  /** Fails when anything but the page's own origin was asked, or a page complained. */
  check(): void {
    const strays = this.#asked
      .filter(({ origin, protocol }) => origin !== this.#origin && protocol !== "data:")
      .map(({ href }) => href);
    assert.deepEqual(strays, [], `Asked others than ${this.#origin}`);
    assert.deepEqual(this.#complaints, []);
  }

  /** What it shows, in words, for whoever wonders why a test failed. */
  async words(): Promise<string> {
    const words = await this.page.locator("body").innerText({ timeout: 1_000 }).catch(String);
    return `${this.page.url()} on ${this.device}:\n${words}`;
  }

  /** Closes the window. Rejects as {@linkcode Visitor.check} throws. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    this.check();
  }
}
