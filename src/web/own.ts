/** Which identities are the owner's, as far as the page may know. */
import { UserError } from "../node/user_error.ts";
import type { Site } from "./site.ts";

/** Own identities; none while the keys are locked. */
export async function ownIdentities({ owner }: Site): Promise<ReadonlySet<string>> {
  try {
    return new Set((await owner.call("identities", {})).map(({ id }) => id));
  } catch (error) {
    if (error instanceof UserError && error.code === "locked") return new Set();
    throw error;
  }
}
