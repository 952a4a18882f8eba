/** Unlocking a real node by its web page, which it does with what it kept of the keys file. */
import assert from "node:assert/strict";
import { Machine, text } from "./harness/node.ts";

/** A browser that follows no redirects and runs no scripts. */
class Browser {
  readonly #origin: string;
  #cookie = "";

  private constructor(origin: string) {
    this.#origin = origin;
  }

  /** Follows a link into the page. */
  static async by(link: string): Promise<Browser> {
    const browser = new Browser(new URL(link).origin);
    const response = await fetch(link, { redirect: "manual" });
    await response.body?.cancel();
    assert.equal(response.status, 200);
    browser.#cookie = response.headers.get("set-cookie")?.split(";")[0] ?? "";
    return browser;
  }

  async get(path: string): Promise<{ status: number; page: string }> {
    const headers = { cookie: this.#cookie };
    const response = await fetch(`${this.#origin}${path}`, { headers, redirect: "manual" });
    return { status: response.status, page: await response.text() };
  }

  async submit(
    path: string,
    fields: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; page: string; to: string | null }> {
    const { page } = await this.get("/keys");
    const [, csrf = ""] = /name="csrf" value="(\w+)"/.exec(page) ?? [];
    const response = await fetch(`${this.#origin}${path}`, {
      method: "POST",
      body: new URLSearchParams({ csrf, ...fields }),
      headers: { cookie: this.#cookie, origin: this.#origin },
      redirect: "manual",
    });
    const to = response.headers.get("location");
    return { status: response.status, page: await response.text(), to };
  }
}

async function open(machine: Machine): Promise<Browser> {
  return await Browser.by(text(await machine.object(["open"]), "link"));
}

async function isUnlocked(machine: Machine): Promise<unknown> {
  return (await machine.object(["status"]))["unlocked"];
}

Deno.test("a node that can read no file is unlocked by its page, whatever became of the keys meanwhile", async () => {
  await using machine = await Machine.make();
  const passphrase = (await Deno.readTextFile(machine.passphraseFile)).trim();
  await machine.start();
  const browser = await open(machine);

  const none = await browser.submit("/keys/unlock", { passphrase });
  assert.deepEqual([none.status, none.page.includes("no identity in this data folder")], [
    403,
    true,
  ]);
  const ada = await machine.identity("Ada");
  await machine.object(["lock"]);
  const done = await browser.submit("/keys/unlock", { passphrase, back: "/privacy" });
  assert.deepEqual([done.status, done.to], [303, "/privacy"]);
  assert.equal(await isUnlocked(machine), true);
  assert.ok((await browser.get("/keys")).page.includes(ada));

  assert.equal((await browser.submit("/keys/lock")).status, 303);
  const bob = await machine.identity("Bob");
  assert.equal(await isUnlocked(machine), false, "a locked node stays locked");
  await browser.submit("/keys/unlock", { passphrase });
  const { page } = await browser.get("/keys");
  assert.ok(page.includes(ada) && page.includes(bob));

  await browser.submit("/sign-out");
  assert.equal((await browser.get("/keys")).status, 401);
  assert.equal(await isUnlocked(machine), false, "what the browser opened went with it");
});

Deno.test("wrong passphrases leave a node locked and make the next attempt wait; a restart finds the file", async () => {
  await using machine = await Machine.make();
  const passphrase = (await Deno.readTextFile(machine.passphraseFile)).trim();
  const ada = await machine.identity("Ada");
  const node = await machine.start(["--web", "0"]);
  const browser = await open(machine);
  const wrong = await browser.submit("/keys/unlock", { passphrase: "wrong" });
  assert.equal(wrong.status, 403);
  assert.match(wrong.page, /role="alert"><p>Wrong passphrase/);
  // The second has to be tried later than the first allows, or it is refused.
  const early = await Promise.all(
    [1, 2].map(() => browser.submit("/keys/unlock", { passphrase: "wrong again" })),
  );
  assert.ok(
    early.some(({ page }) => /After a wrong passphrase the next attempt has to wait/.test(page)),
  );
  assert.equal(await isUnlocked(machine), false);
  await machine.object(["unlock"], { unlock: true });
  await browser.submit("/sign-out");
  assert.equal(await isUnlocked(machine), true, "what a terminal opened stays");

  node.process.signal("SIGTERM");
  const ended = await node.process.end();
  assert.equal(ended.code, 0, ended.stderr);
  await machine.start();
  const again = await open(machine);
  assert.equal((await again.submit("/keys/unlock", { passphrase })).status, 303);
  assert.ok((await again.get("/keys")).page.includes(ada));
  const unsure = await again.submit("/obliterate/stop");
  assert.equal(unsure.status, 400);
  const stopped = await again.submit("/obliterate/stop", { sure: "yes" });
  assert.deepEqual([stopped.status, stopped.page.includes("The node has stopped")], [200, true]);
  assert.equal((await machine.object(["status"]))["running"], false);
});
