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
export { MAX_PAIRS } from "./edges.ts";
export { MAX_REASONS } from "./explain.ts";
export { MAX_IDENTITIES } from "./identities.ts";
export { MAX_CLAIMS } from "./revocations.ts";
export { TrustGraph, type TrustGraphOptions } from "./trust_graph.ts";
