/**
 * Runs the program as its users do: `deno run -P main.ts …` as a process of its own, with exactly
 * the permissions of the binary. Nothing here sleeps: a wait ends with the line waited for, with
 * the end of the output, or with its deadline, and then the error shows what there was instead.
 */
import { fileURLToPath } from "node:url";

/** The project's root folder. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** How long a command or an event may take before the test fails. Generous: CI machines are slow. */
export const DEADLINE_MS = 60_000;

/** What is around the process. */
export interface Surroundings {
  /** Where the node keeps its data; also set as `GOSSAMER_DATA_DIR`, so that no test reaches a real one. */
  readonly dataDir: string;
  /** Network namespace to run in, else the machine's own network (loopback only, please). */
  readonly namespace?: string | undefined;
  /** More environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another program than the sources as they are: a compiled file, or Deno for another machine. */
  readonly program?: Program | undefined;
}

/** A program in the place of `deno run -P main.ts`. */
export interface Program {
  /** What the arguments are put behind. */
  readonly command: readonly string[];
  /** Its whole environment, instead of this process's. */
  readonly env: Readonly<Record<string, string>>;
  /** Instead of {@linkcode DEADLINE_MS}, for slow ones. */
  readonly deadlineMs?: number;
}

/** What a finished command left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Lines of an output as they come. All are kept, so that a wait can't miss what came before it. */
export class Lines {
  readonly all: string[] = [];
  /** Settles when the output ended. */
  readonly done: Promise<void>;
  readonly #waiting = new Set<() => void>();
  #ended = false;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.done = this.#pump(stream);
  }

  /**
   * The first line from number `from` on of which `pick` makes something. Throws after
   * `timeoutMs`, or when the output ends without one.
   */
  async find<T>(
    pick: (line: string, index: number) => T | undefined,
    options: { what: string; from?: number; timeoutMs?: number },
  ): Promise<T> {
    let next = options.from ?? 0;
    const timeoutMs = options.timeoutMs ?? DEADLINE_MS;
    const deadline = Promise.withResolvers<"late">();
    const timer = setTimeout(() => deadline.resolve("late"), timeoutMs);
    try {
      while (true) {
        for (; next < this.all.length; next++) {
          const found = pick(this.all[next] ?? "", next);
          if (found !== undefined) return found;
        }
        if (this.#ended) throw new Error(`Output ended before ${options.what}\n${this.tail()}`);
        const more = Promise.withResolvers<void>();
        this.#waiting.add(more.resolve);
        const late = await Promise.race([more.promise, deadline.promise]);
        this.#waiting.delete(more.resolve);
        if (late === "late") {
          throw new Error(`No ${options.what} within ${timeoutMs} ms\n${this.tail()}`);
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** The last lines, for error messages. */
  tail(count = 30): string {
    return this.all.slice(-count).join("\n");
  }

  async #pump(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of stream) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      this.all.push(...parts);
      this.#wake();
    }
    if (rest !== "") this.all.push(rest);
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** A running process whose output is read all the time. `await using` ends it whatever happens. */
export class Running {
  readonly stdout: Lines;
  readonly stderr: Lines;
  readonly #child: Deno.ChildProcess;
  #status: Deno.CommandStatus | undefined;
  readonly #ended: Promise<Deno.CommandStatus>;

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.stdout = new Lines(child.stdout);
    this.stderr = new Lines(child.stderr);
    this.#ended = this.#wait();
  }

  /** Process id of the program itself: `ip netns exec` replaces itself by it. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Sends a signal, unless the process is gone. */
  signal(signal: Deno.Signal): void {
    if (this.#status === undefined) this.#child.kill(signal);
  }

  /** Waits for the end of process and output. Kills it and throws when that takes longer. */
  async end(timeoutMs = DEADLINE_MS): Promise<Finished> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), timeoutMs);
    const status = await Promise.race([this.#ended, late.promise]);
    clearTimeout(timer);
    if (status === undefined) {
      await this.kill();
      throw new Error(`Still running after ${timeoutMs} ms\n${this.#output()}`);
    }
    return {
      code: status.code,
      stdout: this.stdout.all.join("\n"),
      stderr: this.stderr.all.join("\n"),
    };
  }

  /** Ends it as a power cut would, and waits until it is gone. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#ended;
  }

  /** The same as {@linkcode Running.kill}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #output(): string {
    return `stdout:\n${this.stdout.tail()}\nstderr:\n${this.stderr.tail()}`;
  }

  async #wait(): Promise<Deno.CommandStatus> {
    const status = await this.#child.status;
    this.#status = status;
    await Promise.all([this.stdout.done, this.stderr.done]);
    return status;
  }
}

/** Starts any program, in a network namespace if one is named. Its standard input is closed or `stdin`. */
export async function startProgram(
  command: readonly string[],
  options: {
    namespace?: string | undefined;
    env?: Record<string, string>;
    /** Without the variables of this process. */
    clearEnv?: boolean;
    stdin?: string;
  } = {},
): Promise<Running> {
  const inside = options.namespace === undefined
    ? command
    : ["ip", "netns", "exec", options.namespace, ...command];
  const [program = "", ...args] = inside;
  const child = new Deno.Command(program, {
    args,
    cwd: ROOT,
    clearEnv: true,
    env: options.clearEnv === true ? { ...options.env } : { ...inherited(), ...options.env },
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const running = new Running(child);
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    // A program that ends without reading what it was given is not the harness's failure.
    await writer.write(new TextEncoder().encode(options.stdin)).catch(() => {});
    await writer.close().catch(() => {});
  }
  return running;
}

/** Starts `gossamer …args` with the binary's permissions. */
export function startGossamer(
  args: readonly string[],
  options: Surroundings & { stdin?: string },
): Promise<Running> {
  const deno = [Deno.execPath(), "run", "--quiet", "--frozen", "--no-prompt", "-P", "main.ts"];
  const { dataDir, namespace, env, stdin, program } = options;
  return startProgram([...program?.command ?? deno, ...args], {
    namespace,
    clearEnv: program !== undefined,
    env: { ...program?.env, ...env, GOSSAMER_DATA_DIR: dataDir },
    ...(stdin === undefined ? {} : { stdin }),
  });
}

/** The test's own environment, less what would lead the program to the owner's real data and keys. */
function inherited(): Record<string, string> {
  const env = Deno.env.toObject();
  for (const name of ["GOSSAMER_DATA_DIR", "GOSSAMER_PASSPHRASE_FILE", "CREDENTIALS_DIRECTORY"]) {
    delete env[name];
  }
  return { ...env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
}
