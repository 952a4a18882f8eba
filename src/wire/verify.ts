/**
 * The port through which keys verify, and the checks of signed statements (docs/PROTOCOL.md
 * section 4). Checks are written once, as {@linkcode Checking}, and decided at once or while other
 * things go on.
 */
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

/** The same by a verifier that may answer later, from other threads. Never rejects. */
export type VerifyLater = (...asked: Parameters<Verify>) => boolean | Promise<boolean>;

/** A signature on which a verdict depends. */
export interface SignatureCheck {
  /** Who is said to have signed. */
  readonly key: IdentityKey;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  /** What is said to have been signed. */
  readonly data: Uint8Array;
}

/**
 * A check under way: it has done all that is cheaper and asks whether a signature is valid, as often
 * as its verdict depends on one.
 */
export type Checking<Verdict> = Generator<SignatureCheck, Verdict, boolean>;

/** Answers a check's questions on the spot. */
export function decide<Verdict>(checking: Checking<Verdict>, verify: Verify): Verdict {
  let step = checking.next();
  while (step.done !== true) {
    const { key, signature, data } = step.value;
    step = checking.next(verify(key, signature, data));
  }
  return step.value;
}

/** Answers a check's questions one after the other, given what its first step came to. */
export async function decideLater<Verdict>(
  checking: Checking<Verdict>,
  { first, verify }: {
    readonly first: IteratorResult<SignatureCheck, Verdict>;
    readonly verify: VerifyLater;
  },
): Promise<Verdict> {
  let step = first;
  while (step.done !== true) {
    const { key, signature, data } = step.value;
    step = checking.next(await verify(key, signature, data));
  }
  return step.value;
}

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
}

/** Checks a statement at once. Never throws. */
export function checkStatement(
  statement: Statement,
  context: StatementContext & { readonly verify: Verify },
): StatementCheck {
  return decide(statementChecking(statement, context), context.verify);
}

/** Checks a statement, cheapest first: form, time, stamp, signature, consent. Never throws. */
export function* statementChecking(
  statement: Statement,
  { labels, now }: StatementContext,
): Checking<StatementCheck> {
  const { type, issuer, subject, consent, signature } = statement;
  const hasSuccessor = type === STATEMENT_TYPES.revoke && subject !== issuer;
  if (hasSuccessor !== consent.length > 0) return "unfit";
  if (statement.issued > now + MAX_FUTURE_S) return "early";
  if (!checkStatementStamp(labels, statement)) return "unstamped";
  const signed = statementSignedBytes(labels, statement);
  if (!(yield { key: issuer, signature, data: signed })) return "forged";
  if (!hasSuccessor) return "valid";
  const agreed = yield { key: subject, signature: consent, data: consentBytes(labels, issuer) };
  return agreed ? "valid" : "forged";
}
