/** Somebody at their machine, who uses its node by the web page alone. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { type Machine, type RunningNode, text } from "../../e2e/harness/node.ts";
import type { Chromium } from "./chromium.ts";
import type { Visitor, VisitorOptions } from "./visitor.ts";

/** How long something may take from one node to the other: the embargo of a stem is 30 s as a rule. */
const SPREAD_MS = 120_000;
/** Milliseconds between two looks at a page. */
const LOOK_MS = 300;
/** More than there is on any page to come by. */
const MAX_TABS = 80;

/** A post as somebody writes it. */
export interface Words {
  /** What it says. */
  readonly text: string;
  /** Local name of who speaks, where several sit at the machine. */
  readonly as?: string;
  /** A picture, and what it shows. */
  readonly picture?: { readonly bytes: Uint8Array<ArrayBuffer>; readonly alt: string };
}

/** A seat in front of one machine's page. */
export class Seat implements AsyncDisposable {
  readonly machine: Machine;
  readonly node: RunningNode;
  readonly visitor: Visitor;

  private constructor(machine: Machine, node: RunningNode, visitor: Visitor) {
    this.machine = machine;
    this.node = node;
    this.visitor = visitor;
  }

  /** Opens a window and signs in by the one-time link. */
  static async take(
    { machine, node }: { readonly machine: Machine; readonly node: RunningNode },
    { chromium, ...options }: VisitorOptions & { readonly chromium: Chromium },
  ): Promise<Seat> {
    const seat = new Seat(machine, node, await chromium.visitor(options));
    try {
      await seat.visitor.open(text(await machine.object(["open"]), "link"));
      await seat.page.waitForURL((url) => url.pathname === "/");
    } catch (error) {
      await seat.visitor[Symbol.asyncDispose]();
      throw error;
    }
    return seat;
  }

  /** What the window shows. */
  get page(): Page {
    return this.visitor.page;
  }

  /** Unlocks, from the page that says that this is needed. */
  async unlock(): Promise<void> {
    const passphrase = (await Deno.readTextFile(this.machine.passphraseFile)).trim();
    await this.page.getByRole("link", { name: "Unlock" }).click();
    await this.page.getByLabel("Passphrase").fill(passphrase);
    await this.press("Unlock");
    await this.page.waitForURL((url) => url.pathname === "/");
  }

  /** Goes somewhere by the navigation, which on a phone is behind a button. */
  async go(name: string): Promise<void> {
    if (this.visitor.device === "phone") await this.press("Menu");
    const nav = this.page.getByRole("navigation", { name: "Main" });
    await nav.getByRole("link", { name, exact: true }).click();
    await this.page.getByRole("heading", { level: 1, name }).waitFor();
  }

  /** Presses a button of the page. */
  async press(name: string): Promise<void> {
    await this.button(name).click();
  }

  /** A button by its name. */
  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** Somebody's page. */
  async meet(id: string): Promise<void> {
    await this.visitor.open(`/person/${id}`);
  }

  /** A post or private message in the page: the first that says this. */
  post(words: string): Locator {
    return this.page.getByRole("article").filter({ hasText: words }).first();
  }

  /** Writes a post in the form that is there, and answers its id. */
  async write({ text, as, picture }: Words): Promise<string> {
    await this.page.getByLabel("What do you want to say?").fill(text);
    if (as !== undefined) await this.speaks(as);
    if (picture !== undefined) {
      await this.page.getByText("Add pictures or other files").click();
      const file = this.page.getByRole("group", { name: "File 1" });
      const name = "moon.png";
      await file.getByLabel("File", { exact: true })
        .setInputFiles({ name, mimeType: "image/png", buffer: bytesOf(picture.bytes) });
      await file.getByLabel("What it shows").fill(picture.alt);
    }
    const first = this.page.getByRole("checkbox", { name: "I know" });
    if (await first.isVisible()) await first.check();
    await this.press("Post");
    return await this.posted();
  }

  /** What was just posted: how its id begins. */
  async posted(): Promise<string> {
    await this.page.waitForURL((url) => url.pathname.startsWith("/posted/"));
    const id = await this.page.locator("main article").getAttribute("id");
    return id?.slice("m-".length) ?? "";
  }

  /** Chooses who speaks. */
  async speaks(as: string): Promise<void> {
    await this.page.getByRole("radio", { name: new RegExp(`^${as} `) }).check();
  }

  /** Goes by the tabulator key to what an expression in the page finds to be there, as `here`. */
  async tabTo(what: string): Promise<void> {
    for (let n = 0; n < MAX_TABS; n++) {
      if (await this.page.evaluate(`((here) => ${what})(document.activeElement)`)) return;
      await this.page.keyboard.press("Tab");
    }
    assert.fail(`The keyboard doesn't get to ${what} on ${this.visitor.path}`);
  }

  /** Looks at what is shown, in light and in dark: everybody can use it, and there are pictures of it. */
  async look(name: string): Promise<void> {
    await this.page.getByRole("heading", { level: 1 }).waitFor();
    const { device } = this.visitor;
    await this.visitor.accessible();
    await this.visitor.picture(`${name}-${device}-light`);
    await this.visitor.prefers("dark");
    await this.visitor.legible();
    await this.visitor.picture(`${name}-${device}-dark`);
    await this.visitor.prefers("light");
  }

  /** Waits until its node has stored the message whose id begins so. */
  async gets(id: string): Promise<void> {
    await this.node.event("message", (event) => text(event, "id").startsWith(id), {
      timeoutMs: SPREAD_MS,
    });
  }

  /** Looks at a page again and again until something can be seen in it. */
  async until(path: string, what: (page: Page) => Locator): Promise<void> {
    const end = performance.now() + SPREAD_MS;
    while (true) {
      await this.visitor.open(path);
      if (await what(this.page).first().isVisible()) return;
      assert.ok(performance.now() < end, `${path}: ${await this.page.locator("main").innerText()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.visitor[Symbol.asyncDispose]();
  }
}

/** Playwright takes Node's buffers, which are bytes all the same. */
function bytesOf(bytes: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(bytes);
}
