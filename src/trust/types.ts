/**
 * What the web of statements comes to for one reader (docs/PROTOCOL.md section 4): who is verified and
 * how far, who is blocked, who revoked their key, each with its reasons as plain data.
 */
import type { IdentityKey } from "../wire/ids.ts";
import type { StatementContent } from "../wire/statement.ts";
import type { UnixSeconds } from "../wire/time.ts";

/** Verified identities that must verify somebody, and blocked ones likewise. */
export const QUORUM = 3;

/** What of a statement counts here; its signature, stamp and consent were checked before. */
export type TrustStatement = Pick<StatementContent, "type" | "issuer" | "subject" | "issued">;

/** Why an identity counts as verified, in words. */
export type VerifiedBecause = "own key" | "own verification" | "three verifiers";

/** An identity with its distance. */
export interface AtDistance {
  /** Who. */
  readonly key: IdentityKey;
  /** 0: the reader's own; 1: verified by one of those; else 1 + the third-smallest of its verifiers. */
  readonly distance: number;
}

/** One step of an explanation: why this identity counts as verified. */
export interface TrustReason extends AtDistance {
  /** The rule that makes it so. */
  readonly because: VerifiedBecause;
  /** Own identities that verified it, or the three nearest of its verifiers; empty for an own key. */
  readonly by: readonly AtDistance[];
}

/** Why an identity is blocked: the reader said so, or at least {@linkcode QUORUM} blocked ones verify it. */
export type BlockReason =
  | { readonly kind: "user" }
  | { readonly kind: "contagion"; readonly by: readonly IdentityKey[] };

/** What is known of the heir that an identity fixed at birth. */
export interface KnownHeir {
  /**
   * The first that was seen: 32 bytes out of a profile, or 10 out of a locator. Zeros: it has none,
   * so that no successor fits.
   */
  readonly commitment: Uint8Array;
  /** Whether one that contradicts it was seen later: any successor is only a claim then. */
  readonly disputed: boolean;
}

/**
 * The port for heirs: what the node remembers of an identity's heir, or `undefined` when it never saw
 * one. Asked anew each time, at once and often; the answer may change.
 */
export type HeirOf = (identity: IdentityKey) => KnownHeir | undefined;

/** That an identity ended its key, in its own words. */
export interface Revocation {
  /** When, by the clock of the issuer. */
  readonly issued: UnixSeconds;
  /** Who is said to go on as the same person; `undefined` when the revocation names nobody. */
  readonly successor: IdentityKey | undefined;
  /** Whether the successor is the heir that was fixed at birth; else it is only a claim. */
  readonly fits: boolean;
}

/** What one identity is to the reader. */
export interface Standing {
  /** Whether it counts as verified; a revoked one never does. */
  readonly verified: boolean;
  /** How far: 0 for own identities, or null when it isn't verified. */
  readonly distance: number | null;
  /** Its revocation, or null: if there are several the one that fits, else the earliest. */
  readonly revoked: Revocation | null;
}

/** What can be asked of the web of statements. All of it answers at once, for what was fed so far. */
export interface TrustReader {
  /** Whether an identity counts as verified. */
  isVerified(key: IdentityKey): boolean;
  /** Verified, distance and revocation in one. */
  standing(key: IdentityKey): Standing;
  /**
   * Why an identity is verified: first itself, then those on whom that rests, nearest relations
   * first, each once, at most `MAX_REASONS`. Empty when it isn't.
   */
  because(key: IdentityKey): readonly TrustReason[];
  /** Whose verifications of an identity count, verified themselves or not, in the order of their keys. */
  verifiedBy(key: IdentityKey): readonly IdentityKey[];
  /** Whether the reader blocked an identity, or contagion did. */
  isBlocked(key: IdentityKey): boolean;
  /** Why an identity is blocked; `undefined` when it isn't. */
  blockReason(key: IdentityKey): BlockReason | undefined;
  /** The one fitting revocation of an identity and one other, as far as there are any; fitting first. */
  revocations(key: IdentityKey): readonly Revocation[];
}
