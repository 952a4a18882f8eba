/** Why somebody counts as verified, as a chain down to the reader's own keys. */
import type { Edges } from "./edges.ts";
import type { Fixpoint } from "./fixpoint.ts";
import type { Identities } from "./identities.ts";
import { type AtDistance, QUORUM, type TrustReason } from "./types.ts";

/** Steps of an explanation; those farther down are left out. */
export const MAX_REASONS = 32;

/** What an explanation is drawn from. */
export interface Explained {
  /** Who verifies whom. */
  readonly edges: Edges;
  /** How far everybody is. */
  readonly verified: Fixpoint;
  /** Who is who. */
  readonly identities: Identities;
}

/** Everybody whose verification of an identity counts. */
export function verifiersOf(node: number, edges: Edges): number[] {
  const found: number[] = [];
  for (let edge = edges.firstIn(node); edge !== 0; edge = edges.nextIn(edge)) {
    if (edges.counts(edge)) found.push(edges.issuerOf(edge));
  }
  return found;
}

/** The explanation of somebody who is verified: breadth first, each identity once. */
export function explain(start: number, parts: Explained): readonly TrustReason[] {
  const reasons: TrustReason[] = [];
  const queue = [start];
  const seen = new Set(queue);
  for (const node of queue) {
    const by = supportOf(node, parts);
    reasons.push(reason(node, { by, parts }));
    if (reasons.length === MAX_REASONS) break;
    for (const next of by) {
      if (!seen.has(next)) queue.push(next);
      seen.add(next);
    }
  }
  return reasons;
}

function reason(
  node: number,
  { by, parts }: { readonly by: readonly number[]; readonly parts: Explained },
): TrustReason {
  const at = located(node, parts);
  const because = at.distance === 0
    ? "own key"
    : at.distance === 1
    ? "own verification"
    : "three verifiers";
  return { ...at, because, by: by.map((one) => located(one, parts)) };
}

/** The own identities that verified it, or the nearest three; nearest first, then by key. */
function supportOf(node: number, { edges, verified, identities }: Explained): number[] {
  const distance = verified.distance(node);
  if (distance === 0) return [];
  const nearer = verifiersOf(node, edges).filter((by) => verified.distance(by) < distance);
  nearer.sort((a, b) =>
    verified.distance(a) - verified.distance(b) ||
    (identities.keyOf(a) < identities.keyOf(b) ? -1 : 1)
  );
  return distance === 1 ? nearer : nearer.slice(0, QUORUM);
}

function located(node: number, { verified, identities }: Explained): AtDistance {
  return { key: identities.keyOf(node), distance: verified.distance(node) };
}
