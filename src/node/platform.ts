/** Whether this machine can be trusted with signatures at all. */
import { selfTest } from "../keystore/mod.ts";
import { UserError } from "./user_error.ts";

/**
 * Runs the published edge cases of Ed25519 (docs/PROTOCOL.md section 2). Throws a `UserError` when
 * this platform judges one differently: it would refuse what others relay, or the reverse.
 */
export function checkPlatform(): void {
  const unfit = selfTest();
  if (unfit !== undefined) {
    throw new UserError(
      "failed",
      `This platform judges signatures by other rules than the network: ${unfit}. Nothing was changed.`,
    );
  }
}
