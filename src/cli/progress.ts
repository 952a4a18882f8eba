/**
 * What is being done and how far it is, on one line of the terminal, for whatever takes over half a
 * second. Where nobody can tell how much is left it says so by saying nothing of it: a sign of life and
 * the seconds. Nothing at all without a terminal, with `--quiet` or `--json`.
 */
import type { Context } from "./context.ts";
import { safeLine } from "../text/safe_text.ts";
import { displayWidth } from "../text/text_width.ts";

/** Milliseconds before anything is drawn: most things are done by then. */
const PATIENCE_MS = 500;
const FRAME_MS = 125;
const SPINNER = "|/-\\";
/** Columns of the bar. */
const BAR = 20;
/** Back to the line's beginning, and nothing on it. */
const CLEAR_LINE = "\r\x1b[K";

/** How far something is. */
export interface Advance {
  /** 0 to 1, only where it is known. */
  readonly share?: number;
  /** What else is known, such as `12 messages`. */
  readonly detail?: string;
}

/** Something under way. */
export interface Progress {
  /** Says how far it is. */
  at(advance: Advance): void;
  /** Leaves the terminal to somebody else meanwhile, such as a question. */
  aside<T>(use: () => Promise<T>): Promise<T>;
  /** Takes the line away; nothing is drawn any more. */
  end(): Promise<void>;
}

/** What draws it. */
export interface ProgressPorts {
  /** Writes to the terminal. */
  readonly write: (text: string) => Promise<void>;
  /** Columns of the terminal. */
  readonly columns: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Calls again and again until what it answers is called. */
  readonly every: (ms: number, call: () => void) => () => void;
}

/** Shows something under way while `work` lasts. */
export async function withProgress<T>(
  context: Context,
  what: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const progress = startProgress(context, what);
  try {
    return await work(progress);
  } finally {
    await progress.end();
  }
}

/** The same for what ends elsewhere than it begins; whoever starts it ends it. */
export function startProgress({ out, deps }: Context, what: string): Progress {
  const { stderr } = deps;
  if (!out.progress) return UNSEEN;
  return drawProgress(what, {
    // Nobody listens to stderr any more: what is under way goes on.
    write: (text) => stderr.write(text).catch(() => {}),
    columns: () => stderr.columns,
    now: () => performance.now(),
    every: (ms, call) => {
      const timer = setInterval(call, ms);
      return () => clearInterval(timer);
    },
  });
}

const UNSEEN: Progress = {
  at: () => {},
  aside: (use) => use(),
  end: () => Promise.resolve(),
};

/** Draws over the given ports. */
export function drawProgress(
  what: string,
  { write, columns, now, every }: ProgressPorts,
): Progress {
  const began = now();
  let advance: Advance = {};
  let frame = 0;
  let shown = false;
  let hidden = 0;
  // Lines in their order, and none after the last.
  let writing = Promise.resolve();
  const put = (text: string): Promise<void> => writing = writing.then(() => write(text));
  const draw = (): void => {
    const elapsed = now() - began;
    if (hidden > 0 || elapsed < PATIENCE_MS) return;
    shown = true;
    const line = lineOf({ what, advance, elapsed, frame: frame++ });
    void put(CLEAR_LINE + cut(line, columns() - 1));
  };
  const clear = async (): Promise<void> => {
    if (shown) void put(CLEAR_LINE);
    shown = false;
    await writing;
  };
  const stop = every(FRAME_MS, draw);
  return {
    at: (next) => void (advance = next),
    aside: async (use) => {
      hidden++;
      await clear();
      try {
        return await use();
      } finally {
        hidden--;
      }
    },
    end: async () => {
      stop();
      hidden++;
      await clear();
    },
  };
}

function lineOf({ what, advance: { share, detail }, elapsed, frame }: {
  readonly what: string;
  readonly advance: Advance;
  readonly elapsed: number;
  readonly frame: number;
}): string {
  const known = share === undefined ? undefined : Math.min(1, Math.max(0, share));
  const sign = known === undefined ? SPINNER[frame % SPINNER.length] : bar(known);
  const more = detail === undefined ? "" : `, ${safeLine(detail)}`;
  return `${sign} ${what}${more}, ${Math.floor(elapsed / 1000)} s`;
}

function bar(share: number): string {
  const full = Math.floor(share * BAR);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${"#".repeat(full)}${"-".repeat(BAR - full)}] ${percent}%`;
}

/** A line that wraps can't be taken away again. */
function cut(line: string, columns: number): string {
  return displayWidth(line) <= columns ? line : line.slice(0, Math.max(0, columns));
}
