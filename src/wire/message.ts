/**
 * The envelope of a message (docs/PROTOCOL.md section 3).
 *
 * ```
 * message   = [1, body: bin, key: bin32, signature: bin64, stamp: bin8, statements: [statement…]]
 * id        = SHA-256(label "message", key, body)
 * signature = Ed25519 by key over label "message", body
 * ```
 */
import type { Body } from "./body.ts";
import type { IdentityKey, MessageId } from "./ids.ts";
import type { Public } from "./privacy.ts";
import type { AdmittedStatement } from "./statement.ts";

declare const admitted: unique symbol;

/**
 * A message that passed every check of section 3, or was made here and passed them all the same.
 * Only `admit.ts` makes one; store, gossip and timeline take nothing else.
 */
export interface AdmittedMessage {
  readonly [admitted]: true;
  readonly id: MessageId;
  /** The key that signed: an identity's, or for types 1 and 4 a one-time key. */
  readonly key: IdentityKey;
  readonly body: Body;
  /** The statements that passed their checks; the others were stripped. */
  readonly statements: readonly AdmittedStatement[];
  /** The envelope as kept and relayed: body, key, signature and stamp as received. */
  readonly bytes: Public<Uint8Array>;
}
