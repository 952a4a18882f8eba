/**
 * Where a scripted evening is played: people at machines, each typing commands into the program as its
 * users do, and a recording of what that looks like, in which ids, times and ports don't vary.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Json, Machine, type RunningNode, text } from "./node.ts";

/** How long a message may take to everybody: the embargo of a stem is 30 s as a rule. */
const SPREAD_MS = 120_000;
/** How often a machine is asked whether something has come. */
const LOOK_MS = 300;
const MESSAGE = /\b[0-9a-f]{10}\b/;
const MESSAGE_IDS = /\b[0-9a-f]{10}\b/g;
const TIMES = /\b\d{4}-\d\d-\d\d \d\d:\d\d\b/g;
/** People named one after the other, in the order of their keys, which is chance. */
const LISTS = /g1\w+…(?: \(\w+\) at \d+)?(?:, g1\w+…(?: \(\w+\) at \d+)?)+/g;
const STEPS = /(?:^. g1\w+… \(\w+\): you verified .*\n?)+/gm;

/** Somebody at a machine. */
export interface Person {
  /** What they are called in the recording and on their own machine. */
  readonly name: string;
  /** Where they sit. */
  readonly machine: Machine;
  /** Their identity. */
  readonly id: string;
  /** Whether others sit there, too, so that each has to say who speaks. */
  readonly shares: boolean;
}

/** What was typed, and what came of it. */
export interface Said {
  /** What the program printed. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Machines on one network, and the recording. */
export class Stage implements AsyncDisposable {
  readonly #machines: Machine[] = [];
  readonly #folders: string[] = [];
  readonly #nodes = new Map<Machine, RunningNode>();
  readonly #lines: string[] = [];
  /** What stands in the recording for what varies, the longest first. */
  readonly #stable: [string, string][] = [];
  #locator: string | undefined;

  /** A machine with a running node in the network of those before it, its keys open from then on. */
  async machine(): Promise<Machine> {
    const machine = await Machine.make();
    this.#machines.push(machine);
    this.#folders.push(machine.folder);
    const join = this.#locator === undefined ? [] : ["--join", this.#locator];
    const node = await machine.start(["--eager", ...join]);
    this.#nodes.set(machine, node);
    this.#locator ??= `g:?a=127.0.0.1:${await node.port()}`;
    return machine;
  }

  /** Somebody new at a machine, as others will call them. */
  async person(
    name: string,
    machine: Machine,
    options: { readonly sheet?: string; readonly shares?: boolean } = {},
  ): Promise<Person> {
    const recovery = options.sheet === undefined
      ? ["--no-recovery"]
      : ["--recovery", join(machine.folder, options.sheet)];
    const made = await machine.object(
      ["identity", "create", "--name", name.toLowerCase(), ...recovery],
      { unlock: true },
    );
    const id = text(made, "id");
    if (options.sheet !== undefined) {
      const { passphrase } = made["recovery"] as { passphrase: string };
      await Deno.writeTextFile(join(machine.folder, "words.txt"), `${passphrase}\n`, {
        mode: 0o600,
      });
    }
    this.name(id, name);
    return { name, machine, id, shares: options.shares === true };
  }

  /** Has an identity called by a name in the recording. */
  name(id: string, name: string): void {
    const short = `g1${name.toLowerCase()}…`;
    this.#stable.push([id, short], [`${id.slice(0, 12)}…`, short]);
  }

  /** Says something between the commands. */
  tell(words: string): void {
    this.#lines.push(...(this.#lines.length === 0 ? [] : [""]), `# ${words}`);
  }

  /** Somebody types a command and sees what it prints. */
  async types(
    person: Person,
    args: readonly string[],
    options: { code?: number; notes?: boolean; as?: boolean } = {},
  ): Promise<Said> {
    const { code = 0, notes = code !== 0 } = options;
    const { machine } = person;
    const answer = await machine.run(args, { unlock: true, timeoutMs: SPREAD_MS });
    assert.equal(answer.code, code, `${args.join(" ")}: ${answer.stderr}${answer.stdout}`);
    const words = ["gossamer", ...args.map(quoted)].join(" ");
    const printed = [answer.stdout, notes ? answer.stderr : ""].map((part) => part.trimEnd());
    const lines = printed.filter((part) => part !== "").flatMap((part) => part.split("\n"));
    this.#lines.push(`${person.name.toLowerCase()}$ ${words}`, ...lines);
    return answer;
  }

  /** The same for a command that says something; answers the whole id once all machines have it. */
  async says(person: Person, args: readonly string[]): Promise<string> {
    const { stdout } = await this.types(person, args);
    const short = MESSAGE.exec(stdout)?.[0] ?? "";
    const shown = await person.machine.object(["show", short], { unlock: true });
    const id = text(shown, "id");
    await this.spread(id);
    return id;
  }

  /** Waits until every machine has stored a message. */
  async spread(id: string): Promise<void> {
    await Promise.all(
      [...this.#nodes.values()].map((node) =>
        node.event("message", (event) => event["id"] === id, { timeoutMs: SPREAD_MS })
      ),
    );
  }

  /** Waits until what a machine answers is as expected; nothing of it is recorded. */
  async until(
    { machine }: Person,
    args: readonly string[],
    holds: (found: readonly Json[]) => boolean,
  ): Promise<readonly Json[]> {
    const end = performance.now() + SPREAD_MS;
    while (true) {
      const found = await machine.json(args, { unlock: true });
      const list = (Array.isArray(found) ? found : [found]) as readonly Json[];
      if (holds(list)) return list;
      assert.ok(performance.now() < end, `${args.join(" ")}: ${JSON.stringify(list)}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** A machine is gone, with all that is on it. */
  async lose(machine: Machine): Promise<void> {
    this.#nodes.delete(machine);
    this.#machines.splice(this.#machines.indexOf(machine), 1);
    await machine[Symbol.asyncDispose]();
  }

  /** The recording so far: people's ids by their names, messages by numbers, times as tonight. */
  get recording(): string {
    let all = this.#lines.map((line) => line.trimEnd()).join("\n");
    for (const [varies, stable] of this.#stable) all = all.replaceAll(varies, stable);
    for (const folder of this.#folders) all = all.replaceAll(`${folder}/`, "");
    const numbers = new Map<string, string>();
    all = all.replaceAll(MESSAGE_IDS, (id) => {
      const number = numbers.get(id) ?? `m${numbers.size + 1}`;
      numbers.set(id, number);
      return number;
    });
    return `${inOrder(all.replaceAll(TIMES, "tonight"))}\n`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const machine of this.#machines) await machine[Symbol.asyncDispose]();
  }
}

function quoted(arg: string): string {
  return /^[\w.:/@=…-]+$/.test(arg) ? arg : `'${arg}'`;
}

/** What stands in the order of keys put into that of names. */
function inOrder(text: string): string {
  return text
    .replaceAll(LISTS, (list) => list.split(", ").sort().join(", "))
    .replaceAll(STEPS, (steps) => `${steps.trimEnd().split("\n").sort().join("\n")}\n`);
}
