/**
 * A machine with Gossamer on it: its data folder, its passphrase file, its place on a test network
 * and at most one running node. `await using` ends the node and removes the folder.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Host } from "./netns.ts";
import { type Finished, type Program, type Running, startGossamer } from "./process.ts";

/** Options of a node on loopback that announces itself to nobody and takes a free port. */
export const QUIET: readonly string[] = [
  ...["--bind", "127.0.0.1", "--port", "0"],
  ...["--no-lan", "--no-mdns", "--no-port-mapping"],
];

/** A JSON object that the program printed. */
export type Json = { readonly [name: string]: unknown };

/** What a command said with `--json`. */
export interface Answer extends Finished {
  /** The one value on stdout, or `undefined` when there was none. */
  readonly json: unknown;
}

/** How a command is run. */
export interface RunOptions {
  /** Hands over the machine's passphrase file, for commands that need a key. */
  readonly unlock?: boolean;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** How a node is started. */
export interface StartOptions extends RunOptions {
  /** Lets it use mDNS; on test networks only. */
  readonly mdns?: boolean;
  /** Lets it ask the router for a port; on test networks only. */
  readonly portMapping?: boolean;
}

/** A data folder and what is run on it. */
export class Machine implements AsyncDisposable {
  /** Temporary folder that holds everything of this machine. */
  readonly folder: string;
  /** The data folder: not there before the first command makes it. */
  readonly dataDir: string;
  /** File with the passphrase of this machine's identities. */
  readonly passphraseFile: string;
  readonly host: Host | undefined;
  readonly #program: Program | undefined;
  #node: RunningNode | undefined;

  private constructor(folder: string, { host, program }: { host?: Host; program?: Program }) {
    this.folder = folder;
    this.#program = program;
    this.dataDir = join(folder, "data");
    this.passphraseFile = join(folder, "passphrase");
    this.host = host;
  }

  /** Makes one, on a test network or on loopback. */
  static async make(host?: Host, program?: Program): Promise<Machine> {
    const folder = await Deno.makeTempDir({ prefix: "gossamer-" });
    const on = { ...(host === undefined ? {} : { host }) };
    const machine = new Machine(folder, { ...on, ...(program === undefined ? {} : { program }) });
    await Deno.writeTextFile(machine.passphraseFile, `${crypto.randomUUID()}\n`, { mode: 0o600 });
    return machine;
  }

  /** Runs a command to its end. Whatever its exit code: see {@linkcode Machine.json} for the usual case. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Answer> {
    await using running = await this.#start(args, options);
    const finished = await running.end(options.timeoutMs ?? this.#program?.deadlineMs);
    return { ...finished, json: parse(finished.stdout) };
  }

  /** Runs a command with `--json` that must succeed, and answers what it printed. */
  async json(args: readonly string[], options: RunOptions = {}): Promise<unknown> {
    const answer = await this.run([...args, "--json"], options);
    assert.equal(answer.code, 0, `${args.join(" ")}: ${answer.stderr}${answer.stdout}`);
    return answer.json;
  }

  /** The same for a command that prints one object. */
  async object(args: readonly string[], options: RunOptions = {}): Promise<Json> {
    return asObject(await this.json(args, options));
  }

  /** The same for a command that prints an array of objects. */
  async list(args: readonly string[], options: RunOptions = {}): Promise<readonly Json[]> {
    const value = await this.json(args, options);
    assert.ok(Array.isArray(value), `Not an array: ${JSON.stringify(value)}`);
    return value.map(asObject);
  }

  /** Starts a command that goes on, such as `timeline --watch`; the caller disposes of it. */
  async watch(args: readonly string[], options: RunOptions = {}): Promise<RunningNode> {
    return new RunningNode(await this.#start([...args, "--json"], options));
  }

  /**
   * Starts the node and waits until it is ready. On loopback it announces itself to nobody and
   * takes a free port; on a test network it does what the defaults say, less what reaches for
   * routers and other programs, unless told to.
   */
  async start(args: readonly string[] = [], options: StartOptions = {}): Promise<RunningNode> {
    const quiet = [
      ...(options.mdns ? [] : ["--no-mdns"]),
      ...(options.portMapping ? [] : ["--no-port-mapping"]),
    ];
    const here = this.host === undefined ? ["--bind", "127.0.0.1", "--port", "0", "--no-lan"] : [];
    const node = await this.watch(["node", ...quiet, ...here, ...args], options);
    try {
      const timeoutMs = options.timeoutMs ?? this.#program?.deadlineMs;
      await node.event("ready", undefined, timeoutMs === undefined ? {} : { timeoutMs });
    } catch (error) {
      await node.kill();
      throw error;
    }
    this.#node = node;
    return node;
  }

  /** Creates an identity and answers its `g1…`. */
  async identity(name: string): Promise<string> {
    const args = ["identity", "create", "--name", name, "--no-recovery"];
    const made = await this.object(args, { unlock: true });
    return text(made, "id");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#node?.kill();
    await Deno.remove(this.folder, { recursive: true });
  }

  async #start(args: readonly string[], options: RunOptions): Promise<Running> {
    const passphrase = options.unlock ? ["--passphrase-file", this.passphraseFile] : [];
    return await startGossamer([...args, ...passphrase], {
      dataDir: this.dataDir,
      namespace: this.host?.namespace,
      program: this.#program,
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    });
  }
}

/** A process that prints JSON lines: a node, or a watching command. */
export class RunningNode implements AsyncDisposable {
  readonly process: Running;

  constructor(process: Running) {
    this.process = process;
  }

  /** Waits for a line that `match` accepts, among those printed from line `from` on. */
  async line(
    match: (line: Json) => boolean,
    options: { what: string; from?: number; timeoutMs?: number },
  ): Promise<Json> {
    try {
      return await this.process.stdout.find((line) => {
        const value = asObject(JSON.parse(line));
        return match(value) ? value : undefined;
      }, options);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`${why}\nstderr:\n${this.process.stderr.tail()}`);
    }
  }

  /** Waits for `{"event":name,…}` that `match` accepts as well. */
  async event(
    name: string,
    match: (event: Json) => boolean = () => true,
    options: { from?: number; timeoutMs?: number } = {},
  ): Promise<Json> {
    return await this.line((line) => line["event"] === name && match(line), {
      what: `event ${name}`,
      ...options,
    });
  }

  /** Number of lines printed so far; give it as `from` to look at later ones only. */
  get lines(): number {
    return this.process.stdout.all.length;
  }

  /** The TCP port that the ready event named. */
  async port(): Promise<number> {
    const { port } = await this.event("ready");
    assert.ok(typeof port === "number", "The ready event names no port");
    return port;
  }

  /** Asks it to stop, as a person or a service manager does, and waits for its end. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Finished> {
    this.process.signal(signal);
    return await this.process.end();
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    await this.process.kill();
  }

  /** The same as {@linkcode RunningNode.kill}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** A field of an object that must be a string. */
export function text(value: Json, name: string): string {
  const field = value[name];
  assert.ok(typeof field === "string", `No text ${name} in ${JSON.stringify(value)}`);
  return field;
}

/** A value that must be an object. */
export function asObject(value: unknown): Json {
  assert.ok(isObject(value), `Not an object: ${JSON.stringify(value)}`);
  return value;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(stdout: string): unknown {
  try {
    return stdout.trim() === "" ? undefined : JSON.parse(stdout);
  } catch {
    return undefined;
  }
}
