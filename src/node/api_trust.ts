/** What the API shows of trust and of ended keys: plain data, as JSON carries it. */

/** That an identity was ended. */
export interface RevokedView {
  /** When, by its own clock; seconds since 1970. */
  readonly issued: number;
  /** Who is said to go on, `g1…`; null for nobody. */
  readonly successor: string | null;
  /** Whether that is the heir fixed at birth, so the same person; else anybody may claim it. */
  readonly fits: boolean;
}

/** An identity as trust sees it. */
export interface DistantView {
  /** Identity, `g1…`. */
  readonly id: string;
  /** Petname if the owner gave one, else the claimed name, else "". */
  readonly name: string;
  /** Whether that name is claimed and looks like that of somebody else whom the owner knows. */
  readonly suspicious: boolean;
  /** 0: own; 1: verified by an own one; else 1 + that of the third-nearest verifier; null: not verified. */
  readonly distance: number | null;
}

/** Why an identity counts as verified, or that it doesn't. */
export interface TrustView extends DistantView {
  /** Whether it does. */
  readonly verified: boolean;
  /** First itself, then those on whom that rests, down to own keys: 32 at most. Empty when it doesn't. */
  readonly because: readonly (DistantView & {
    readonly because: "own key" | "own verification" | "three verifiers";
    readonly by: readonly DistantView[];
  })[];
  /** Everybody whose verification of it counts, `g1…`, verified or not. */
  readonly verifiedBy: readonly string[];
  /** How many of these are verified themselves. */
  readonly trusted: number;
  /** That it ended its key, or null. */
  readonly revoked: RevokedView | null;
  /** The largest distance that counts, as the owner set it; null for any. */
  readonly maxDistance: number | null;
}
