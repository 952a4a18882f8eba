/**
 * Diagnostics on stderr. Above `debug` no line may hold an identity, an address, a path or a text: a log
 * is often the first thing that is handed to a stranger. The types see to it: what is said above `debug`
 * stands in the program's source, and what is added are numbers and words of closed lists.
 */
import { faultOf, type FaultWord, placeOf } from "./fault.ts";

/** Levels from silent to chatty. */
export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;

/** How much is said. */
export type LogLevel = typeof LOG_LEVELS[number];

/** Lines for people, or one JSON object a line. */
export const LOG_FORMATS = ["text", "json"] as const;

/** How it is written. */
export type LogFormat = typeof LOG_FORMATS[number];

/** Parts of the program that say something: categories of the log. */
export type LogPart =
  | "clock"
  | "control"
  | "discovery"
  | "gossip"
  | "node"
  | "private"
  | "store"
  | "web";

/** Exists for the type checker only. */
declare const brand: unique symbol;

/** A sentence that the program put together of its own words and numbers. */
export type Plain = string & { readonly [brand]: true };

/**
 * Vouches that a sentence holds nothing of the owner's, of peers' or of the machine's names. A test
 * lists the files that may.
 */
export function asPlain(text: string): Plain {
  return text as Plain;
}

/** A string as it stands in the source: neither any string nor one with a part that is filled in. */
export type Wording<M extends string> = M extends Plain ? M
  : Record<never, never> extends Record<M, 1> ? never
  : M;

/** What may be added above `debug`: counts, durations, yes or no, and words of closed lists. */
export type Facts<F> = {
  readonly [K in keyof F]: F[K] extends number | boolean | FaultWord | undefined ? F[K]
    : F[K] extends string ? Wording<F[K]>
    : never;
};

/** Says something that anybody may read. */
export type Say = <const M extends string, const F extends Facts<F> = Record<never, never>>(
  message: Wording<M>,
  facts?: F,
) => void;

/** Takes diagnostics. */
export interface Log {
  /** Something failed that the owner should know of. */
  readonly error: Say;
  /** Something works less well than it could. */
  readonly warn: Say;
  /** What the node does, in general. */
  readonly info: Say;
  /** Details for finding faults; may name addresses. */
  debug(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** Something was thrown: its kind and its place at the level given, all of it at `debug`. */
  failed<const M extends string>(level: "error" | "warn", failure: {
    readonly what: Wording<M>;
    readonly error: unknown;
  }): void;
  /** The same log for a part of the program. */
  of(part: LogPart): Log;
}

/** Writes one record, whose level is to be shown. */
export type WriteRecord = (
  level: Exclude<LogLevel, "silent">,
  message: string,
  facts: Readonly<Record<string, unknown>>,
) => void;

/** A log over writers of records, one for each part. */
export function makeLog(part: LogPart, writerOf: (part: LogPart) => WriteRecord): Log {
  const write = writerOf(part);
  return {
    error: (message, facts) => write("error", message, { ...facts }),
    warn: (message, facts) => write("warn", message, { ...facts }),
    info: (message, facts) => write("info", message, { ...facts }),
    debug: (message, details = {}) => write("debug", message, details),
    failed: (level, { what, error }) => {
      const at = placeOf(error);
      write(level, what, { fault: faultOf(error), ...(at === undefined ? {} : { at }) });
      write("debug", what, { error: error instanceof Error ? error.stack ?? error.message : "" });
    },
    of: (other) => makeLog(other, writerOf),
  };
}

/** Says nothing. */
export const SILENT: Log = makeLog("node", () => () => {});

/** Writes a line of diagnostics to stderr; a closed stderr is nobody's concern. */
export function writeStderr(line: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(line + "\n"));
  } catch {
    // Nobody reads it.
  }
}
