/** What commands print: results on stdout, everything else on stderr. */
import type { Deps } from "./deps.ts";
import { toJsonLine } from "./json.ts";
import type { Style } from "./render_parts.ts";
import { safeText } from "../text/safe_text.ts";

/** Widest text on a terminal; longer lines are hard to read. */
const MAX_COLUMNS = 100;
const MIN_COLUMNS = 20;

/** Nobody reads stdout any more (`| head`): the command ends quietly. */
export class StdoutClosed extends Error {
  /** Name of the class. */
  override readonly name = "StdoutClosed";
}

/** The two streams of one command. */
export class Output {
  /** Whether results go out as JSON. */
  readonly json: boolean;
  readonly #quiet: boolean;
  readonly #deps: Deps;

  /** Makes the output for one command. */
  constructor(deps: Deps, options: { json: boolean; quiet: boolean }) {
    this.#deps = deps;
    this.json = options.json;
    this.#quiet = options.quiet;
  }

  /** How to render for stdout. */
  get style(): Style {
    const { stdout } = this.#deps;
    return {
      width: stdout.isTerminal
        ? Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, stdout.columns))
        : Infinity,
      color: stdout.isTerminal && !this.#deps.env("NO_COLOR") && this.#deps.env("TERM") !== "dumb",
      localTime,
    };
  }

  /**
   * Prints a result: `value` with `--json`, else what `render` makes of it (nothing when that is
   * ""). Throws {@linkcode StdoutClosed}.
   */
  async result<T>(value: T, render: (value: T, style: Style) => string): Promise<void> {
    const text = this.json ? toJsonLine(value) : render(value, this.style);
    if (text !== "") await this.write(`${text}\n`);
  }

  /** Writes to stdout as it is. Throws {@linkcode StdoutClosed}. */
  async write(text: string): Promise<void> {
    try {
      await this.#deps.stdout.write(text);
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw new StdoutClosed();
      throw error;
    }
  }

  /** Whether {@linkcode Output.hint} says anything. */
  get hints(): boolean {
    return !this.#quiet && this.#deps.stderr.isTerminal;
  }

  /** Whether it may be shown on stderr how far something is, on a line that is drawn again and again. */
  get progress(): boolean {
    return this.hints && !this.json && this.#deps.env("TERM") !== "dumb";
  }

  /** Says something useful to know on stderr, unless `--quiet`. */
  async note(text: string): Promise<void> {
    if (!this.#quiet) await this.complain(text);
  }

  /** The same, only where a person sits at a terminal. */
  async hint(text: string): Promise<void> {
    if (this.#deps.stderr.isTerminal) await this.note(text);
  }

  /** Says on stderr what went wrong, whatever the options. */
  async complain(text: string): Promise<void> {
    try {
      await this.#deps.stderr.write(`${safeText(text)}\n`);
    } catch (error) {
      // Nobody listens to stderr; the exit code still speaks.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  }
}

/** A time in the user's own time zone, to the minute. */
function localTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return "?";
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
