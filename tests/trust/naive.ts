/** The same as `TrustGraph`, by the words of the protocol and nothing else: slow, from scratch each time. */
import type { TrustStatement } from "../../src/trust/mod.ts";
import type { IdentityKey } from "../../src/wire/ids.ts";

/** Who reads. */
export interface Reader {
  readonly own: ReadonlySet<IdentityKey>;
  readonly blocks: ReadonlySet<IdentityKey>;
  readonly exempt: ReadonlySet<IdentityKey>;
  readonly maxDistance: number | undefined;
}

/** What it comes to. */
export interface Outcome {
  readonly distances: ReadonlyMap<IdentityKey, number>;
  readonly blocked: ReadonlySet<IdentityKey>;
  /** Whose verifications of an identity count. */
  readonly verifiers: ReadonlyMap<IdentityKey, readonly IdentityKey[]>;
}

/** All statements, weighed anew. */
export function naively(statements: readonly TrustStatement[], reader: Reader): Outcome {
  const verifiers = effective(statements);
  const revoked = new Set(statements.filter(({ type }) => type === 2).map(({ issuer }) => issuer));
  const distances = distancesOf(verifiers, { ...reader, revoked });
  return { distances, blocked: blockedOf(verifiers, { ...reader, distances }), verifiers };
}

function effective(statements: readonly TrustStatement[]): Map<IdentityKey, IdentityKey[]> {
  const revoked = new Set(statements.filter(({ type }) => type === 2).map(({ issuer }) => issuer));
  const newest = new Map<string, TrustStatement>();
  for (const one of statements) {
    if (one.type === 2 || one.issuer === one.subject) continue;
    if (revoked.has(one.issuer) || revoked.has(one.subject)) continue;
    const name = `${one.issuer} ${one.subject}`;
    const old = newest.get(name);
    const wins = old === undefined || one.issued > old.issued ||
      (one.issued === old.issued && one.type === 1);
    if (wins) newest.set(name, one);
  }
  const verifiers = new Map<IdentityKey, IdentityKey[]>();
  for (const { type, issuer, subject } of newest.values()) {
    if (type === 0) verifiers.set(subject, [...verifiers.get(subject) ?? [], issuer]);
  }
  return verifiers;
}

function distancesOf(
  verifiers: ReadonlyMap<IdentityKey, readonly IdentityKey[]>,
  { own, revoked, maxDistance = Infinity }: Reader & { revoked: ReadonlySet<IdentityKey> },
): Map<IdentityKey, number> {
  const distances = new Map<IdentityKey, number>();
  for (const key of own) if (!revoked.has(key)) distances.set(key, 0);
  for (let again = true; again;) {
    again = false;
    for (const [key, by] of verifiers) {
      const near = by.map((one) => distances.get(one) ?? Infinity).sort((a, b) => a - b);
      const distance = near[0] === 0 ? 1 : 1 + (near[2] ?? Infinity);
      if (distance > maxDistance || distance >= (distances.get(key) ?? Infinity)) continue;
      distances.set(key, distance);
      again = true;
    }
  }
  return distances;
}

function blockedOf(
  verifiers: ReadonlyMap<IdentityKey, readonly IdentityKey[]>,
  { own, blocks, exempt, distances }: Reader & { distances: ReadonlyMap<IdentityKey, number> },
): Set<IdentityKey> {
  const blocked = new Set(blocks);
  for (let again = true; again;) {
    again = false;
    for (const [key, by] of verifiers) {
      if (blocked.has(key) || own.has(key) || exempt.has(key)) continue;
      if ((distances.get(key) ?? Infinity) <= 1) continue;
      if (by.filter((one) => blocked.has(one)).length < 3) continue;
      blocked.add(key);
      again = true;
    }
  }
  return blocked;
}
