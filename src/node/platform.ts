/** Whether this machine, with this build, judges as the network does. */
import { parallelSelfTest, selfTest } from "../keystore/mod.ts";
import { wireSelfTest } from "../wire/self_test.ts";
import { UserError } from "./user_error.ts";

/** The tests: each answers what is wrong, or nothing. */
export interface PlatformTests {
  /** Both verifiers of signatures. */
  readonly signatures: () => Promise<string | undefined>;
  /** Encoding, hashing, stamps, rules. */
  readonly wire: () => string | undefined;
}

const TESTS: PlatformTests = {
  signatures: async () => selfTest() ?? await parallelSelfTest(),
  wire: () => wireSelfTest(),
};

/**
 * Has both verifiers judge the published edge cases of Ed25519, and runs the frozen ones of encoding,
 * hashing, stamps and rules (docs/PROTOCOL.md sections 1, 2, 3 and 6). Rejects with a `UserError` when
 * one is judged differently here: it would refuse what others relay, or the reverse.
 */
export async function checkPlatform(tests: PlatformTests = TESTS): Promise<void> {
  const unfit = await tests.signatures();
  if (unfit !== undefined) {
    throw new UserError(
      "failed",
      `This platform judges signatures by other rules than the network: ${unfit}. Nothing was changed.`,
    );
  }
  const other = tests.wire();
  if (other !== undefined) {
    throw new UserError(
      "failed",
      `This platform or build speaks otherwise than the network: ${other}. Every peer would refuse ` +
        "what it sends. Nothing was changed. Install Gossamer anew, or report it with this line.",
    );
  }
}
