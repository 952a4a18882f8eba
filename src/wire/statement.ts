/**
 * Statements about identities (docs/PROTOCOL.md section 4).
 *
 * ```
 * statement = [type, issuer: bin32, subject: bin32, issued, consent: bin, signature: bin64, stamp: bin8]
 * ```
 */
import type { IdentityKey } from "./ids.ts";
import type { Public } from "./privacy.ts";
import type { UnixSeconds } from "./time.ts";

/** 0 verifies the subject, 1 withdraws that, 2 revokes the issuer. */
export type StatementType = 0 | 1 | 2;

/** A statement as decoded; nothing is verified yet. */
export interface Statement {
  readonly type: StatementType;
  readonly issuer: IdentityKey;
  readonly subject: IdentityKey;
  readonly issued: UnixSeconds;
  /** The successor's signature in a revocation that names one, else empty. */
  readonly consent: Uint8Array;
  readonly signature: Uint8Array;
  readonly stamp: Uint8Array;
}

declare const admitted: unique symbol;

/** A statement whose stamp, signature and consent were checked. Only `admit.ts` makes one. */
export type AdmittedStatement = Public<Statement> & { readonly [admitted]: true };
