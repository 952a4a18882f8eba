/** The one error that decoders of remote data throw, with a closed set of codes. */

/** Why a decoder refused its input. `too-large` is kept apart because it has a result code of its own. */
export type WireErrorCode = "malformed" | "too-large";

/**
 * Input from elsewhere that is not what the protocol says. Thrown inside `src/wire` only: `admit`
 * and the frame reader turn it into a verdict, so that no remote byte can throw through the node.
 */
export class WireError extends Error {
  /** See `Error`. */
  override readonly name = "WireError";
  /** Which kind of refusal this is. */
  readonly code: WireErrorCode;

  /** Makes an error with a short description of what was wrong, never with the input itself. */
  constructor(code: WireErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Shorthand for the usual refusal. */
export function malformed(message: string): WireError {
  return new WireError("malformed", message);
}
