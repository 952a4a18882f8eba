/** Checks of signed statements (docs/PROTOCOL.md section 4), and the port through which keys verify. */
import type { IdentityKey } from "./ids.ts";
import type { Labels } from "./labels.ts";
import { MAX_FUTURE_S } from "./limits.ts";
import { checkStatementStamp } from "./stamp.ts";
import {
  consentBytes,
  type Statement,
  STATEMENT_TYPES,
  statementSignedBytes,
} from "./statement.ts";
import type { UnixSeconds } from "./time.ts";

/**
 * The one Ed25519 rule of all nodes (section 2): refuses small-order keys, then the native
 * cofactorless verifier. Answers `false` for whatever is no valid signature; never throws.
 */
export type Verify = (key: IdentityKey, signature: Uint8Array, data: Uint8Array) => boolean;

/**
 * What is wrong with a statement, if anything. `early`: issued more than 15 minutes ahead of the
 * clock. `unfit`: a consent where none belongs, or none where one does.
 */
export type StatementCheck = "valid" | "unfit" | "early" | "unstamped" | "forged";

/** What statements are checked with. */
export interface StatementContext {
  /** Labels of the network. */
  readonly labels: Labels;
  /** The node's own clock. */
  readonly now: UnixSeconds;
  /** The verifier. */
  readonly verify: Verify;
}

/** Checks a statement, cheapest first: form, time, stamp, signature, consent. Never throws. */
export function checkStatement(statement: Statement, context: StatementContext): StatementCheck {
  const { labels, now, verify } = context;
  const { type, issuer, subject, consent, signature } = statement;
  const hasSuccessor = type === STATEMENT_TYPES.revoke && subject !== issuer;
  if (hasSuccessor !== consent.length > 0) return "unfit";
  if (statement.issued > now + MAX_FUTURE_S) return "early";
  if (!checkStatementStamp(labels, statement)) return "unstamped";
  if (!verify(issuer, signature, statementSignedBytes(labels, statement))) return "forged";
  if (hasSuccessor && !verify(subject, consent, consentBytes(labels, issuer))) return "forged";
  return "valid";
}
