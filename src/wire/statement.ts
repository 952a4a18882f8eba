/**
 * Statements about identities (docs/PROTOCOL.md section 4).
 *
 * ```
 * statement = [type, issuer: bin32, subject: bin32, issued, consent: bin, signature: bin64, stamp: bin8]
 * signature = Ed25519 by issuer over label "statement", canonical [type, issuer, subject, issued, consent]
 * consent   = Ed25519 by the successor over label "consent", issuer; or empty
 * stamp     : SHA-256(label "statement stamp", signature, stamp) has >= 18 leading zero bits
 * ```
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { malformed } from "./errors.ts";
import { binField, type Field, fields, timeField, uintField } from "./fields.ts";
import { ID_BYTES, idBytes, type IdentityKey, identityKey } from "./ids.ts";
import type { Labels } from "./labels.ts";
import { SIGNATURE_BYTES, STAMP_BYTES } from "./limits.ts";
import { decode, encode, type Value } from "./msgpack.ts";
import { asPublic, type Public } from "./privacy.ts";
import type { UnixSeconds } from "./time.ts";

/** 0 verifies the subject, 1 withdraws that, 2 revokes the issuer. */
export type StatementType = 0 | 1 | 2;

/** The type numbers by name. */
export const STATEMENT_TYPES = { verify: 0, withdraw: 1, revoke: 2 } as const;

/** What an issuer signs. */
export interface StatementContent {
  /** 0 verifies, 1 withdraws, 2 revokes. */
  readonly type: StatementType;
  /** Whose statement it is. */
  readonly issuer: IdentityKey;
  /** Whom it is about; in a revocation the successor, or the issuer itself. */
  readonly subject: IdentityKey;
  /** When, by the clock of the issuer. */
  readonly issued: UnixSeconds;
  /** The successor's signature in a revocation that names one, else empty. */
  readonly consent: Uint8Array;
}

/** A statement as decoded; nothing is verified yet. */
export interface Statement extends StatementContent {
  /** 64 bytes, by the issuer. */
  readonly signature: Uint8Array;
  /** 8 bytes. */
  readonly stamp: Uint8Array;
}

/**
 * The mark of an admitted statement. No value has it: it exists for the type checker alone.
 * @internal
 */
declare const admitted: unique symbol;

/** A statement whose stamp, signature and consent were checked. Only `admit.ts` makes one. */
export type AdmittedStatement = Public<Statement> & { readonly [admitted]: true };

/**
 * The bytes that the issuer signs: label "statement", then the canonical array of the first five
 * fields.
 */
export function statementSignedBytes(labels: Labels, content: StatementContent): Uint8Array {
  return concatBytes(labels.statement, encode(contentValue(content)));
}

/** The bytes that a successor signs to consent: label "consent", then the revoked key. */
export function consentBytes(labels: Labels, issuer: IdentityKey): Uint8Array {
  return concatBytes(labels.consent, idBytes(issuer));
}

/**
 * What a profile says of its heir: SHA-256(label "heir", successor key). It commits to the key
 * without naming it. 32 zero bytes instead mean that there is none.
 */
export function heirOf(labels: Labels, successor: IdentityKey): Uint8Array {
  return sha256.create().update(labels.heir).update(idBytes(successor)).digest();
}

/** A statement on its own, as the store keeps it. Throws a `RangeError` when a field has no such size. */
export function encodeStatement(statement: Public<Statement>): Public<Uint8Array> {
  const bytes = encode(statementValue(statement));
  try {
    decodeStatement(bytes);
  } catch (cause) {
    throw new RangeError("Cannot encode a statement that nobody would decode", { cause });
  }
  return asPublic(bytes);
}

/** Decodes a statement on its own. Throws a `WireError`; verifies nothing. */
export function decodeStatement(bytes: Uint8Array): Statement {
  const statement = readStatement(decode(bytes));
  if (statement === undefined) throw malformed("A statement of unknown type");
  return statement;
}

/** A statement as a value inside a body or an envelope. */
export function statementValue(statement: Statement): Value {
  return [...contentValue(statement), statement.signature, statement.stamp];
}

/**
 * Reads a statement out of a decoded body or envelope. `undefined` for a type that this version
 * doesn't know; throws a `WireError` for another arity or size. The bins are views of the input.
 */
export function readStatement(value: Field): Statement | undefined {
  const [type, issuer, subject, issued, consent, signature, stamp] = fields(value, 7);
  const known = uintField(type);
  const statement = {
    issuer: identityKey(binField(issuer, ID_BYTES)),
    subject: identityKey(binField(subject, ID_BYTES)),
    issued: timeField(issued),
    consent: binField(consent),
    signature: binField(signature, SIGNATURE_BYTES),
    stamp: binField(stamp, STAMP_BYTES),
  };
  if (statement.consent.length !== 0 && statement.consent.length !== SIGNATURE_BYTES) {
    throw malformed("A consent that is no signature");
  }
  return isStatementType(known) ? { type: known, ...statement } : undefined;
}

function contentValue(content: StatementContent): Value[] {
  const { type, issuer, subject, issued, consent } = content;
  return [type, idBytes(issuer), idBytes(subject), issued, consent];
}

function isStatementType(type: number): type is StatementType {
  return type <= STATEMENT_TYPES.revoke;
}
