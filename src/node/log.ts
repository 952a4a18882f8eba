/**
 * Diagnostics on stderr. Above `debug` no line may hold an identity, an address or a text: a log
 * is often the first thing that is handed to a stranger.
 */

/** Levels from silent to chatty. */
export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;

/** How much is said. */
export type LogLevel = typeof LOG_LEVELS[number];

/** Takes diagnostics. */
export interface Log {
  /** Something failed that the owner should know of. */
  error(message: string): void;
  /** Something works less well than it could. */
  warn(message: string): void;
  /** What the node does, in general. */
  info(message: string): void;
  /** Details for finding faults; may name addresses. */
  debug(message: string): void;
}

/** A log that writes lines of a level and above through `write`. */
export function makeLog(level: LogLevel, write: (line: string) => void): Log {
  const most = LOG_LEVELS.indexOf(level);
  const at = (name: LogLevel): (message: string) => void => {
    const rank = LOG_LEVELS.indexOf(name);
    return (message) => {
      if (rank <= most) write(`${name}: ${message}`);
    };
  };
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}

/** Writes a line of diagnostics to stderr; a closed stderr is nobody's concern. */
export function writeStderr(line: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(line + "\n"));
  } catch {
    // Nobody reads it.
  }
}
