/** Which identities are the owner's, as far as the page may know. */
import type { IdentityView, TrustView } from "../node/api.ts";
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

/** Own identities that verify somebody, or those that could. Nobody verifies themselves. */
export function verifiers<Own extends Pick<IdentityView, "id">>(
  own: readonly Own[],
  { of: { id, verifiedBy }, already }: {
    readonly of: Pick<TrustView, "id" | "verifiedBy">;
    readonly already: boolean;
  },
): readonly Own[] {
  const said = new Set(verifiedBy);
  return own.filter((one) => one.id !== id && said.has(one.id) === already);
}
