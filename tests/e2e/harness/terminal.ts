/**
 * A person at a terminal: a program on a pseudo-terminal (util-linux' `script`), its questions answered
 * when they come, and what stands on the screen in the end.
 */
import { startProgram } from "./process.ts";

/** How long a program may go without what is waited for. */
const PATIENCE_MS = 90_000;
const LOOK_MS = 50;

/** What is typed once a text stands on the screen; each is used once, in their order. */
export type Answers = readonly (readonly [question: string, answer: string])[];

/** Why nobody can sit at a terminal here, or `undefined`. */
export async function whyNoTerminal(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "script speaks another language elsewhere";
  await using running = await startProgram(["sh", "-c", "command -v script"]);
  return (await running.end()).code === 0 ? undefined : "no script";
}

/** A program on a terminal. Disposing ends it. */
export class Terminal implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #keys: WritableStreamDefaultWriter<Uint8Array>;
  readonly #done: Promise<void>;
  #output = "";

  /** Starts a command, in a network namespace if one is named, and in a folder. */
  constructor(
    command: readonly string[],
    options: {
      readonly namespace?: string | undefined;
      readonly cwd: string;
      readonly env: Record<string, string>;
    },
  ) {
    const inside = options.namespace === undefined
      ? []
      : ["ip", "netns", "exec", options.namespace];
    const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    // As wide as anybody's, so that nothing is cut that a page shows.
    const [program = "", ...args] = [
      ...inside,
      ...["script", "--quiet", "--flush", "--return", "--command"],
      ...[`stty cols 250; exec ${quoted}`, "/dev/null"],
    ];
    const { cwd, env } = options;
    const pipes = { stdin: "piped", stdout: "piped", stderr: "null" } as const;
    this.#child = new Deno.Command(program, { args, cwd, env, clearEnv: true, ...pipes }).spawn();
    this.#keys = this.#child.stdin.getWriter();
    this.#done = this.#read();
  }

  /** What stands on the screen. */
  get screen(): string {
    return this.#output.split("\n").map(lineOnScreen).join("\n").trimEnd();
  }

  /** Waits until a text stands there. */
  async shows(text: string): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!this.screen.includes(text)) {
      if (performance.now() > end) throw new Error(`No "${text}" on:\n${this.screen}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Types something. */
  async type(keys: string): Promise<void> {
    await this.#keys.write(new TextEncoder().encode(keys));
  }

  /** Answers what the program asks, and waits for its end. Answers its screen; throws if it failed. */
  async end(answers: Answers = []): Promise<string> {
    for (const [question, answer] of answers) {
      await this.shows(question);
      await this.type(`${answer}\n`);
    }
    const late = setTimeout(() => this.#kill(), PATIENCE_MS);
    const { code } = await this.#child.status;
    clearTimeout(late);
    await this.#done;
    if (code !== 0) throw new Error(`Exit status ${code}:\n${this.screen}`);
    return this.screen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kill();
    await this.#child.status;
    await this.#done;
    await this.#keys.close().catch(() => {});
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It went by itself.
    }
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      this.#output += decoder.decode(chunk, { stream: true });
    }
  }
}

const ESCAPE = "\x1b";
const CLEAR_REST = `${ESCAPE}[K`;
/** A control sequence, a step back to the line's beginning, or what is written. */
const PARTS = new RegExp(`${ESCAPE}\\[[0-9;?]*[a-zA-Z]|\r|[^${ESCAPE}\r]+`, "g");

/** What is left of a line in which the program went back and wiped. */
function lineOnScreen(line: string): string {
  let shown = "";
  let column = 0;
  for (const [part] of line.matchAll(PARTS)) {
    if (part === "\r") column = 0;
    else if (part === CLEAR_REST) shown = shown.slice(0, column);
    else if (!part.startsWith(ESCAPE)) {
      shown = shown.slice(0, column) + part + shown.slice(column + part.length);
      column += part.length;
    }
  }
  return shown;
}
