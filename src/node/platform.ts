/** Whether this machine can be trusted with signatures at all. */
import { parallelSelfTest, selfTest } from "../keystore/mod.ts";
import { UserError } from "./user_error.ts";

/**
 * Has both verifiers judge the published edge cases of Ed25519 (docs/PROTOCOL.md section 2). Rejects
 * with a `UserError` when one is judged differently here: it would refuse what others relay, or the
 * reverse.
 */
export async function checkPlatform(): Promise<void> {
  const unfit = selfTest() ?? await parallelSelfTest();
  if (unfit !== undefined) {
    throw new UserError(
      "failed",
      `This platform judges signatures by other rules than the network: ${unfit}. Nothing was changed.`,
    );
  }
}
