/** Unlocking a real node by its web page, which it does with what it kept of the keys file. */
import assert from "node:assert/strict";
import { seal } from "../../src/web/client/seal.ts";
import { dumpable, type Hit, type Needle, search, texts } from "./harness/forensics.ts";
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

  /** Sends a form, with files if one of its fields is a file. */
  async submit(
    path: string,
    fields: Readonly<Record<string, string | File>> = {},
  ): Promise<Answered> {
    const { page } = await this.get("/keys");
    const [, csrf = ""] = /name="csrf" value="(\w+)"/.exec(page) ?? [];
    const form = new FormData();
    for (const [name, value] of Object.entries({ csrf, ...fields })) form.append(name, value);
    const texts = [...form].flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value]] : []
    );
    const response = await fetch(`${this.#origin}${path}`, {
      method: "POST",
      body: texts.length < [...form].length ? form : new URLSearchParams(texts),
      headers: { cookie: this.#cookie, origin: this.#origin },
      redirect: "manual",
    });
    const to = response.headers.get("location");
    return { status: response.status, page: await response.text(), to };
  }
}

/** Where a form was answered from, and with what. */
interface Answered {
  readonly status: number;
  readonly page: string;
  readonly to: string | null;
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

Deno.test({
  name: "a passphrase that the page's script sealed is nowhere in the node's memory afterwards",
  ignore: Deno.build.os !== "linux",
  fn: async (): Promise<void> => {
    await using machine = await Machine.make();
    const passphrase = (await Deno.readTextFile(machine.passphraseFile)).trim();
    await machine.identity("Ada");
    const node = await machine.start();
    const browser = await open(machine);
    const [, offer = ""] = /data-seal="(\w+)"/.exec((await browser.get("/keys")).page) ?? [];
    const fields = { "passphrase-sealed": await seal(passphrase, offer), back: "/remembered" };
    assert.equal((await browser.submit("/keys/unlock", fields)).status, 303);
    const memory = await dumpable(node.process.pid);
    // Who isn't root may not look.
    if (memory === undefined) return;
    const found = (needles: readonly Needle[]): readonly Hit[] => search(memory, needles);
    assert.ok(
      found(texts("what went unsealed", "remembered")).length > 0,
      "the search finds nothing",
    );
    assert.deepEqual(found(texts("passphrase", passphrase)), []);
  },
});

Deno.test("a lost identity ends by its sheet, given to the page of a node that never had its key", async () => {
  await using machine = await Machine.make();
  const sheet = `${machine.folder}/sheet.txt`;
  let [ada, words] = ["", ""];
  {
    await using lost = await Machine.make();
    const made = await lost.object(["identity", "create", "--recovery", sheet], { unlock: true });
    ada = text(made, "id");
    words = (made as { recovery: { passphrase: string } }).recovery.passphrase;
  }
  await machine.identity("Bob");
  await machine.start(["--unlock"], { unlock: true });
  const browser = await open(machine);
  const file = new File([await Deno.readFile(sheet)], "sheet.txt");
  const fields = { id: ada.slice(0, 8), sure: "yes", sheet: file };
  const wrong = await browser.submit("/keys/revoke", { ...fields, words: "wrong" });
  assert.deepEqual([wrong.status, /Wrong passphrase for the recovery sheet/.test(wrong.page)], [
    403,
    true,
  ]);
  let done = await browser.submit("/keys/revoke", { ...fields, words });
  // After wrong words the next ones have to wait a second.
  while (/has to wait/.test(done.page)) {
    done = await browser.submit("/keys/revoke", { ...fields, words });
  }
  assert.equal(done.status, 303, done.page);
  assert.match(done.to ?? "", /^\/person\/v-/);
  assert.match((await browser.get(done.to ?? "")).page, /revoked/i);
  assert.match((await browser.get(`/person/${ada}`)).page, /revoked/i);
});
