/** People and statements for tests of trust. */
import { TrustGraph, type TrustGraphOptions, type TrustStatement } from "../../src/trust/mod.ts";
import { type IdentityKey, identityKey } from "../../src/wire/ids.ts";
import { labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { unixSeconds } from "../../src/wire/time.ts";

/** Labels of the main network. */
export const LABELS = labelsOf(MAIN_NETWORK);

/** A made-up identity. */
export function person(number: number): IdentityKey {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(28, number);
  return identityKey(bytes);
}

/** So many of them, from a number on. */
export function people(count: number, from = 0): IdentityKey[] {
  return Array.from({ length: count }, (_, i) => person(from + i));
}

/** That one verifies another. */
export function verifies(issuer: IdentityKey, subject: IdentityKey, issued = 10): TrustStatement {
  return { type: 0, issuer, subject, issued: unixSeconds(issued) };
}

/** That one takes it back. */
export function withdraws(issuer: IdentityKey, subject: IdentityKey, issued = 20): TrustStatement {
  return { type: 1, issuer, subject, issued: unixSeconds(issued) };
}

/** That one ends one's key. */
export function revokes(issuer: IdentityKey, subject = issuer, issued = 30): TrustStatement {
  return { type: 2, issuer, subject, issued: unixSeconds(issued) };
}

/** A graph with statements. */
export function graphOf(
  statements: Iterable<TrustStatement>,
  options: Partial<TrustGraphOptions> = {},
): TrustGraph {
  const graph = new TrustGraph({ labels: LABELS, ...options });
  for (const statement of statements) graph.feed(statement);
  return graph;
}
