/** The one error that reaches the person at the terminal, with the exit code of docs/CLI contract. */

/** Exit codes of the command line, by name. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  locked: 3,
  noNode: 4,
  refused: 5,
} as const;

/** Name of a way to fail; it is also the `code` in `{"error":{"code","message"}}`. */
export type FailureCode = Exclude<keyof typeof EXIT, "done">;

/**
 * A failure that the user is told about: what happened, what was left unharmed, what to do next.
 * The message never holds a secret, and of private data only what the user just typed.
 */
export class UserError extends Error {
  /** See `Error`. */
  override readonly name = "UserError";
  /** Which kind of failure; decides the exit code. */
  readonly code: FailureCode;

  /** Makes a failure with its message. */
  constructor(code: FailureCode, message: string) {
    super(message);
    this.code = code;
  }

  /** The process's exit code for it. */
  get exitCode(): number {
    return EXIT[this.code];
  }
}
