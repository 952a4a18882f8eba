/** Who ended their key, and who goes on for them (docs/PROTOCOL.md section 4). */
import type { IdentityKey } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import { heirOf } from "../wire/statement.ts";
import type { UnixSeconds } from "../wire/time.ts";
import type { HeirOf, Revocation } from "./types.ts";

/**
 * Revocations by one issuer that are weighed; of more those that sort first. Twice as many as are
 * stored: a thief's, dated back, must not push out the one that fits.
 */
export const MAX_CLAIMS = 128;

/** A revocation, without its issuer. */
export interface Claim {
  /** When, by the clock of the issuer. */
  readonly issued: UnixSeconds;
  /** The successor, or the issuer itself. */
  readonly subject: IdentityKey;
}

/**
 * All revocations. Which of an issuer's fits is decided when somebody asks, because the heir may
 * become known later than the revocation.
 */
export class Revocations {
  readonly #labels: Labels;
  readonly #heirs: HeirOf;
  readonly #claims = new Map<IdentityKey, readonly Claim[]>();

  /** None yet. */
  constructor({ labels, heirs }: { readonly labels: Labels; readonly heirs: HeirOf }) {
    this.#labels = labels;
    this.#heirs = heirs;
  }

  /** Takes one. Answers whether it is the issuer's first. */
  add(issuer: IdentityKey, claim: Claim): boolean {
    const known = this.#claims.get(issuer) ?? [];
    const same = known.find(({ subject }) => subject === claim.subject);
    if (same !== undefined && same.issued <= claim.issued) return false;
    const others = known.filter((one) => one !== same);
    this.#claims.set(issuer, [...others, claim].sort(byTime).slice(0, MAX_CLAIMS));
    return known.length === 0;
  }

  /** Whether an identity ended its key. */
  has(identity: IdentityKey): boolean {
    return this.#claims.has(identity);
  }

  /** The fitting one, if any, and then one of the others: the earliest. */
  of(identity: IdentityKey): readonly Revocation[] {
    const claims = this.#claims.get(identity);
    if (claims === undefined) return [];
    const all = claims.map(({ issued, subject }) => ({
      issued,
      successor: subject === identity ? undefined : subject,
      fits: subject !== identity && this.#fits(identity, subject),
    }));
    const fitting = all.find(({ fits }) => fits);
    const other = all.find(({ fits }) => !fits);
    return [fitting, other].filter((one) => one !== undefined);
  }

  #fits(identity: IdentityKey, successor: IdentityKey): boolean {
    const heir = this.#heirs(identity);
    if (heir === undefined || heir.disputed || heir.commitment.length === 0) return false;
    if (heir.commitment.every((byte) => byte === 0)) return false;
    const fixed = heirOf(this.#labels, successor);
    return heir.commitment.every((byte, at) => byte === fixed[at]);
  }
}

function byTime(a: Claim, b: Claim): number {
  return a.issued - b.issued || (a.subject < b.subject ? -1 : 1);
}
