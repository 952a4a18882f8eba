/**
 * Admission: bytes from anywhere to a verdict (docs/PROTOCOL.md section 3). The only maker of
 * {@linkcode AdmittedMessage} and {@linkcode AdmittedStatement}, for a peer's messages and the
 * owner's own alike.
 *
 * ```
 * check               fails as            blame
 * 1 size              too large           yes
 * 2 structure, body   malformed           yes    also when the id isn't the one expected
 * 3 lifetime          outside lifetime    no     clocks differ
 * 4 already known     known               no
 * 5 stamp             unstamped / busy    under the base / only under a raised demand: no
 * 6 signature         forged              yes
 * 7 statements        in a body of type 4: unfit = malformed, early = outside lifetime, unstamped, forged
 *                     appended: what isn't valid, or twice there, or of somebody else, is stripped; no blame
 * ```
 */
import type { Body } from "./body.ts";
import { BODY_TYPES } from "./body.ts";
import { decodeBody } from "./body_decode.ts";
import { WireError } from "./errors.ts";
import { RESULT, type ResultCode } from "./frame.ts";
import type { HashOptions } from "./hash.ts";
import type { MessageId } from "./ids.ts";
import type { Labels } from "./labels.ts";
import { MAX_MESSAGE_BYTES } from "./limits.ts";
import {
  type AdmittedMessage,
  type DecodedEnvelope,
  decodeEnvelope,
  encodeEnvelope,
  messageIdOf,
  signedBytes,
} from "./message.ts";
import { asPublic, type Public } from "./privacy.ts";
import { requiredStampBits, stampBits } from "./stamp.ts";
import {
  type AdmittedStatement,
  decodeStatement,
  type Statement,
  STATEMENT_TYPES,
} from "./statement.ts";
import { type UnixSeconds, withinLifetime } from "./time.ts";
import {
  type Checking,
  decide,
  type StatementCheck,
  statementChecking,
  type Verify,
} from "./verify.ts";

/** What admission depends on besides the bytes and signatures. */
export interface AdmissionContext extends HashOptions {
  /** Labels of the network. */
  readonly labels: Labels;
  /** The node's own clock. */
  readonly now: UnixSeconds;
  /** Whether this id is stored, or remembered as dropped or retracted. */
  readonly known: (id: MessageId) => boolean;
  /** Bits that this node, under load, demands on top of the base: 0 to 4; 0 for what sync brings. */
  readonly extraStampBits: number;
  /** What was created before is refused: the ids of what was dropped of it aren't remembered. */
  readonly horizon?: UnixSeconds;
  /** The id that was asked for, when one was. */
  readonly expected?: MessageId;
  /**
   * Whether exactly this appended statement, every byte of it, was admitted before: spares checking
   * it again. A popular author's statements come with each of the author's messages.
   */
  readonly knownStatement?: (statement: Statement) => boolean;
  /** Appended statements that may cost a check; those beyond are stripped. All of them if absent. */
  readonly novelStatements?: number;
  /** Whether nobody changes the bytes any more, so that they needn't be copied. */
  readonly owned?: boolean;
}

/** The same with who verifies. */
export interface AdmitContext extends AdmissionContext {
  /** The verifier of the key store. */
  readonly verify: Verify;
}

/**
 * What to do with a message. `accept`: store and relay. `ignore`: don't, without blame; honest nodes
 * may differ on it. `reject`: don't, and count it against whoever sent it. What isn't accepted is not
 * remembered by id either, or a bad copy would keep out the good message.
 */
export type Verdict =
  | {
    readonly kind: "accept";
    readonly message: AdmittedMessage;
    /** Bits that its stamp has over the base. */
    readonly spareBits: number;
    /** Appended statements that cost a check. */
    readonly novelStatements: number;
  }
  | { readonly kind: "ignore"; readonly code: ResultCode; readonly id: MessageId }
  | { readonly kind: "reject"; readonly code: ResultCode };

/** Checks a whole message at once. Never throws whatever the bytes. Keeps no reference to them. */
export function admit(bytes: Uint8Array, context: AdmitContext): Verdict {
  return decide(admission(bytes, context), context.verify);
}

/**
 * The same for whoever verifies signatures while other things go on: what is wrong otherwise is said
 * at the first step, before any signature was asked for. What is known may have changed when it ends.
 */
export function* admission(bytes: Uint8Array, context: AdmissionContext): Checking<Verdict> {
  if (bytes.length > MAX_MESSAGE_BYTES) return reject(RESULT.tooLarge);
  // A copy: what was admitted must not change when the connection's buffer is used again.
  const parsed = parse(context.owned ? bytes : new Uint8Array(bytes), context);
  if ("code" in parsed) return reject(parsed.code);
  const { labels, now, expected } = context;
  const { id, body, envelope } = parsed;
  if (expected !== undefined && expected !== id) return reject(RESULT.malformed);
  if (!withinLifetime(body.created, now)) return ignore(RESULT.outsideLifetime, id);
  if (context.known(id)) return ignore(RESULT.known, id);
  if (body.created < (context.horizon ?? 0)) return ignore(RESULT.outsideLifetime, id);

  const bits = stampBits(labels, { id, stamp: envelope.stamp }, context);
  const base = requiredStampBits(typeOf(body), envelope.body.length);
  if (bits < base) return reject(RESULT.unstamped);
  if (bits < base + context.extraStampBits) return ignore(RESULT.busy, id);

  const { key, signature } = envelope;
  if (!(yield { key, signature, data: signedBytes(labels, envelope.body) })) {
    return reject(RESULT.forged);
  }
  if (body.kind === "statement") {
    const check = yield* statementChecking(body.statement, context);
    if (check !== "valid") return CARRIED[check](id);
  }
  const { statements, novelStatements } = yield* keptStatements(parsed, context);
  const stripped = envelope.skipped || statements.length < envelope.statements.length;
  const kept = stripped ? encodeEnvelope({ ...envelope, statements }) : asPublic(parsed.bytes);
  const message = mint({ id, key, body, statements, bytes: kept });
  return { kind: "accept", message, spareBits: bits - base, novelStatements };
}

/**
 * Revives a message from this node's own public store, which holds nothing that wasn't admitted, so
 * that no signature is checked again. Throws an `Error` when the bytes are corrupt.
 */
export function readStored(
  labels: Labels,
  bytes: Public<Uint8Array>,
  { hash }: HashOptions = {},
): AdmittedMessage {
  const parsed = parse(bytes, { labels, hash });
  if ("code" in parsed || parsed.envelope.skipped) throw new Error("A stored message is corrupt");
  const { id, body, envelope } = parsed;
  // They were checked when they came in.
  const statements = envelope.statements.map((statement) => statement as AdmittedStatement);
  return mint({ id, key: envelope.key, body, statements, bytes });
}

/**
 * The id of such a message, its envelope taken apart and its body only hashed: what has the id under
 * which it was admitted has the body that was admitted. Throws an `Error` when the bytes are corrupt.
 */
export function idOfStored(
  labels: Labels,
  bytes: Public<Uint8Array>,
  options: HashOptions = {},
): MessageId {
  const envelope = decodeEnvelope(bytes);
  if (envelope.skipped) throw new Error("A stored message is corrupt");
  return messageIdOf(labels, envelope, options);
}

/** As {@linkcode readStored}, from the owner's sealed archive of what was public when it came. */
export function readArchived(labels: Labels, bytes: Uint8Array): AdmittedMessage {
  return readStored(labels, asPublic(bytes));
}

/** The same for a statement stored on its own. Throws an `Error` when the bytes are corrupt. */
export function readStoredStatement(bytes: Public<Uint8Array>): AdmittedStatement {
  try {
    return decodeStatement(bytes) as AdmittedStatement;
  } catch (cause) {
    throw new Error("A stored statement is corrupt", { cause });
  }
}

/** All statements that a message brought: those appended and the one in a body of type 4. */
export function statementsOf(message: AdmittedMessage): readonly AdmittedStatement[] {
  const { body, statements } = message;
  return body.kind === "statement"
    ? [body.statement as AdmittedStatement, ...statements]
    : statements;
}

/** The same message as it is stored, without what others appended: that is stored by itself. */
export function withoutStatements(message: AdmittedMessage): AdmittedMessage {
  if (message.statements.length === 0) return message;
  const { id, key, body } = message;
  const bytes = encodeEnvelope({ ...decodeEnvelope(message.bytes), statements: [] });
  return mint({ id, key, body, statements: [], bytes });
}

/**
 * What a copy of a message that is known has appended: worth taking in as what the first one had.
 * Nothing where the bytes are no message. Keeps no reference to them.
 */
export function* lateStatements(bytes: Uint8Array, context: AdmissionContext): Checking<Kept> {
  const parsed = parse(new Uint8Array(bytes), context);
  if ("code" in parsed) return { statements: [], novelStatements: 0 };
  return yield* keptStatements(parsed, context);
}

/** A message taken apart, nothing verified. */
interface Parsed {
  readonly id: MessageId;
  readonly body: Body;
  readonly envelope: DecodedEnvelope;
  readonly bytes: Uint8Array;
}

function parse(
  bytes: Uint8Array,
  { labels, hash }: HashOptions & { readonly labels: Labels },
): Parsed | { readonly code: ResultCode } {
  try {
    const envelope = decodeEnvelope(bytes);
    const body = decodeBody(envelope.body);
    return { id: messageIdOf(labels, envelope, { hash }), body, envelope, bytes };
  } catch (error) {
    // Anything else is a bug of ours and must not pass for the sender's fault.
    if (!(error instanceof WireError)) throw error;
    return { code: error.code === "too-large" ? RESULT.tooLarge : RESULT.malformed };
  }
}

function typeOf(body: Body): number {
  return body.kind === "unknown" ? body.type : BODY_TYPES[body.kind];
}

/** Which appended statements stay, and how many cost a check. */
export interface Kept {
  /** Those worth keeping. */
  readonly statements: readonly AdmittedStatement[];
  /** How many of all had to be checked. */
  readonly novelStatements: number;
}

/**
 * The appended statements worth keeping, in their order: about the author, or the author's own
 * revocation; each once; valid. Messages of one-time keys carry none, so theirs all go.
 */
function* keptStatements(
  parsed: Parsed,
  context: AdmissionContext,
): Checking<Kept> {
  const { body, envelope } = parsed;
  const kept: AdmittedStatement[] = [];
  let novelStatements = 0;
  if (body.kind === "private" || body.kind === "statement") {
    return { statements: kept, novelStatements };
  }
  const seen = new Set<string>();
  for (const statement of envelope.statements) {
    const { type, issuer, subject, issued } = statement;
    const revokesAuthor = type === STATEMENT_TYPES.revoke && issuer === envelope.key;
    if (subject !== envelope.key && !revokesAuthor) continue;
    const name = `${type} ${issuer} ${subject} ${issued}`;
    if (seen.has(name)) continue;
    if (!context.knownStatement?.(statement)) {
      if (novelStatements >= (context.novelStatements ?? Infinity)) continue;
      novelStatements++;
      if ((yield* statementChecking(statement, context)) !== "valid") continue;
    }
    seen.add(name);
    kept.push(statement as AdmittedStatement);
  }
  return { statements: kept, novelStatements };
}

/** What a bad statement in a body of type 4 makes of its message. Only its time is no one's fault. */
const CARRIED = {
  unfit: () => reject(RESULT.malformed),
  early: (id) => ignore(RESULT.outsideLifetime, id),
  unstamped: () => reject(RESULT.unstamped),
  forged: () => reject(RESULT.forged),
} satisfies Record<Exclude<StatementCheck, "valid">, (id: MessageId) => Verdict>;

function reject(code: ResultCode): Verdict {
  return { kind: "reject", code };
}

function ignore(code: ResultCode, id: MessageId): Verdict {
  return { kind: "ignore", code, id };
}

function mint(
  checked: Pick<AdmittedMessage, "id" | "key" | "body" | "statements" | "bytes">,
): AdmittedMessage {
  return checked as AdmittedMessage;
}
