/**
 * The web of statements: who is verified, revoked or blocked by contagion (docs/PROTOCOL.md
 * section 4). Pure.
 */
export {
  type AtDistance,
  type BlockReason,
  type HeirOf,
  type KnownHeir,
  QUORUM,
  type Revocation,
  type Standing,
  type TrustReader,
  type TrustReason,
  type TrustStatement,
  type VerifiedBecause,
} from "./types.ts";
