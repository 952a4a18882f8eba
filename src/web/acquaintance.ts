/** Who somebody is to the owner, asked so that long lists needn't be walked through. */
import type { BlockedBecause, FollowView, TrustView } from "../node/api.ts";
import { UserError } from "../node/user_error.ts";
import { blockerNames } from "./blockers.ts";
import type { Site } from "./site.ts";

/** What the keys tell of somebody. */
export interface Acquaintance {
  /** Identity, `g1…`. */
  readonly id: string;
  /** Petname, else claimed name, else "". */
  readonly name: string;
  /** The name is claimed and looks like that of somebody else whom the owner knows. */
  readonly suspicious: boolean;
  /** Why they count as verified, or that they don't. */
  readonly trust: TrustView;
  /** As what they are followed; `undefined` when they aren't. */
  readonly follow: FollowView | undefined;
  /** Whether it is an identity of the owner's. */
  readonly own: boolean;
  /** Why they are blocked, or null. */
  readonly blocked: BlockedBecause | null;
  /** Names of those because of whom they are blocked, as far as they are shown. */
  readonly blockers: ReadonlyMap<string, string>;
}

/** Looks somebody up; `undefined` while the keys are locked. */
export async function acquaintance(
  { owner }: Pick<Site, "owner">,
  id: string,
): Promise<Acquaintance | undefined> {
  let trust: TrustView;
  try {
    trust = await owner.call("trust", { id });
  } catch (error) {
    if (error instanceof UserError && error.code === "locked") return undefined;
    throw error;
  }
  // What a block would meet says whether there is one, and whether they are followed.
  const met = await owner.call("block", { ids: [id], check: true });
  const because = met.blocked[0]?.because ?? "user";
  const blocked = met.already > 0 || because !== "user" ? because : null;
  const follow = met.followed.length === 0
    ? undefined
    : (await owner.call("following", {})).find((one) => one.id === id);
  return {
    ...{ id, name: trust.name, suspicious: trust.suspicious, trust, follow, blocked },
    own: met.own.length > 0,
    blockers: await blockerNames({ owner }, blocked === null ? [] : [{ because: blocked }]),
  };
}
