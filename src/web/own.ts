/** Which identities are the owner's, as far as the page may know. */
import type { IdentityView } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import type { Site } from "./site.ts";

/** Own identities; none while the keys are locked. */
export async function ownViews({ owner }: Pick<Site, "owner">): Promise<readonly IdentityView[]> {
  try {
    return await owner.call("identities", {});
  } catch (error) {
    if (error instanceof UserError && error.code === "locked") return [];
    throw error;
  }
}

/** The same as a set of `g1…`. */
export async function ownIdentities(site: Pick<Site, "owner">): Promise<ReadonlySet<string>> {
  return new Set((await ownViews(site)).map(({ id }) => id));
}
