/**
 * README's tours, typed at terminals on machines of their own: what the page shows is what the program
 * prints. Ids, addresses, times and words that are drawn vary; all else has to be the same.
 */
import assert from "node:assert/strict";
import { type Host, makeLan, networkTest } from "./harness/netns.ts";
import { ROOT } from "./harness/process.ts";
import { type Answers, Terminal, whyNoTerminal } from "./harness/terminal.ts";

const PROGRAM = "npx -y deno@2.9.6 task -q";
const PASSPHRASE = "seven rally unwarlike unsolved galore rinsing rounding";
const SPREAD_MS = 120_000;

/** A command on the page with what it shows below. */
interface Step {
  readonly command: string;
  readonly shown: string;
}

/** Somebody with a machine. */
class Reader implements AsyncDisposable {
  readonly #host: Host;
  readonly home: string;
  readonly #running: Terminal[] = [];

  private constructor(host: Host, home: string) {
    this.#host = host;
    this.home = home;
  }

  static async at(host: Host | undefined): Promise<Reader> {
    assert(host);
    return new Reader(host, await Deno.makeTempDir({ prefix: "gossamer-readme-" }));
  }

  /** Types a command as the page has it. */
  sit(command: string): Terminal {
    const deno =
      `"$DENO" run --quiet --frozen --no-prompt --config "$ROOT/deno.json" -P "$ROOT/main.ts"`;
    const typed = command.replace(`${PROGRAM} node`, `exec ${deno} node`)
      .replace(`${PROGRAM} gossamer`, `exec ${deno}`)
      .replaceAll("/tmp/", "$HOME/");
    assert.ok(typed.includes(deno), command);
    return new Terminal(["sh", "-c", typed], {
      namespace: this.#host.namespace,
      cwd: this.home,
      env: {
        ...{ HOME: this.home, ROOT, DENO: Deno.execPath(), PATH: Deno.env.get("PATH") ?? "" },
        ...{ TERM: "xterm", NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_DIR: DENO_DIR },
      },
    });
  }

  /** A command that ends; answers what stands on the screen. */
  async types(command: string, answers: Answers = []): Promise<string> {
    await using terminal = this.sit(command);
    return await terminal.end(answers);
  }

  /** A node that goes on; answers what it shows once it listens. */
  async node(command: string): Promise<string> {
    const terminal = this.sit(command);
    this.#running.push(terminal);
    await terminal.shows("Listening on port");
    return terminal.screen;
  }

  /** Types a command again and again until it prints something else. */
  async until(command: string, { not }: { readonly not: string }): Promise<string> {
    const end = performance.now() + SPREAD_MS;
    while (true) {
      const screen = await this.types(command);
      if (screen !== not) return screen;
      assert.ok(performance.now() < end, `${command} goes on printing: ${not}`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const terminal of this.#running) {
      await terminal.type("\x03");
      await terminal.end();
      await terminal[Symbol.asyncDispose]();
    }
    await Deno.remove(this.home, { recursive: true });
  }
}

const DENO_DIR = await denoDir();
const page = await Deno.readTextFile(`${ROOT}README.md`);
const missing = await whyNoTerminal();
const tour = missing === undefined ? networkTest : (name: string): void => {
  Deno.test({ name: `${name} (skipped: ${missing})`, ignore: true, fn: () => {} });
};

tour("README's five minutes are what two people see at their terminals", async () => {
  const steps = stepsOf("## Five minutes", "### An evening");
  await using net = await makeLan(2);
  await using ada = await Reader.at(net.lans[0]?.[0]);
  await using friend = await Reader.at(net.lans[0]?.[1]);
  const [node, create, profile, post, timeline, locator, join, read] = steps;
  assert(node && create && profile && post && timeline && locator && join && read);
  assert.equal(steps.length, 8);
  same(await ada.node(node.command), node);
  same(await ada.types(create.command, NEW_PASSPHRASE), create);
  same(await ada.types(profile.command), profile);
  same(await ada.types(post.command), post);
  same(await ada.types(timeline.command), timeline);
  const given = await ada.types(locator.command);
  same(given, locator);

  await friend.node(node.command);
  await friend.types(create.command, NEW_PASSPHRASE);
  const own = given.split("\n").at(-1) ?? "";
  const typed = join.command.replace(/'g:.*'/, `'${own}'`);
  same(await friend.types(typed, [["[y/N]", "y"]]), join);
  same(await friend.until(read.command, { not: await nothing(friend, read.command) }), read);
});

tour("README's two nodes on one machine are what somebody sees at its terminals", async () => {
  const steps = stepsOf("### Two nodes on one machine", "### What starting it tells others");
  await using net = await makeLan(1);
  await using reader = await Reader.at(net.lans[0]?.[0]);
  const [one, two, create, post, before, after] = steps;
  assert(one && two && create && post && before && after);
  assert.equal(steps.length, 6);
  same(await reader.node(one.command), one);
  same(await reader.node(two.command), two);
  same(await reader.types(create.command, NEW_PASSPHRASE), create);
  same(await reader.types(post.command, [["[y/N]", "y"]]), post);
  assert.equal(before.command, after.command);
  same(await reader.until(after.command, { not: before.shown }), after);
});

const NEW_PASSPHRASE: Answers = [
  ["Passphrase (the one", PASSPHRASE],
  ["The same again:", PASSPHRASE],
];

/** What a timeline shows that is empty; by then it may not be. */
async function nothing(reader: Reader, command: string): Promise<string> {
  const screen = await reader.types(command);
  return screen.includes("│") ? "" : screen;
}

/** All commands of a section's blocks, in their order. */
function stepsOf(from: string, to: string): readonly Step[] {
  const section = page.slice(page.indexOf(from), page.indexOf(to));
  return [...section.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
    block.split(/^\$ /m).slice(1).map((step) => {
      const [command = "", ...shown] = step.trimEnd().split("\n");
      return { command, shown: shown.join("\n") };
    })
  );
}

function same(screen: string, { command, shown }: Step): void {
  assert.equal(stable(screen), stable(shown), command);
}

/** A screen without what varies. */
function stable(screen: string): string {
  return screen
    .replaceAll(/g1[02-9a-z]{58}/g, "g1…")
    .replaceAll(/g1[02-9a-z]{10}…/g, "g1…")
    .replaceAll(/g1…\.[02-9a-z]{16}/g, "g1….heir")
    .replaceAll(/\b[0-9a-f]{10}\b/g, "m…")
    .replaceAll(/\b\d{4}-\d\d-\d\d \d\d:\d\d\b/g, "tonight")
    .replaceAll(/\b\d+\.\d+\.\d+\.\d+:\d+\b/g, "here")
    .replaceAll(/gossamer-recovery-\w+/g, "gossamer-recovery")
    .replaceAll(/^ {4}\S+(?: \S+){6}$/gm, "    seven words")
    .replaceAll(/[ \t]+$/gm, "");
}

async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const info: { denoDir?: unknown } = JSON.parse(new TextDecoder().decode(stdout));
  return String(info.denoDir);
}
