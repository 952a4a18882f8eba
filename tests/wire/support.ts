/** Fixed keys, and builders of valid and nearly valid messages, for the wire tests and their vectors. */
import { Buffer } from "node:buffer";
import {
  createPrivateKey,
  createPublicKey,
  sign as nodeSign,
  verify as nodeVerify,
} from "node:crypto";
import { hexToBytes } from "@noble/hashes/utils.js";
import { BODY_TYPES, type Profile, type StatusBody } from "../../src/wire/body.ts";
import { decodeBody } from "../../src/wire/body_decode.ts";
import { encodeBody } from "../../src/wire/body_encode.ts";
import { idBytes, type IdentityKey, identityKey, type MessageId } from "../../src/wire/ids.ts";
import { type Labels, labelsOf, MAIN_NETWORK } from "../../src/wire/labels.ts";
import { STATEMENT_STAMP_BITS } from "../../src/wire/limits.ts";
import { encodeEnvelope, messageIdOf, signedBytes } from "../../src/wire/message.ts";
import {
  requiredStampBits,
  searchStamp,
  searchStatementStamp,
  stampBits,
} from "../../src/wire/stamp.ts";
import {
  consentBytes,
  type Statement,
  type StatementContent,
  statementSignedBytes,
  type StatementType,
} from "../../src/wire/statement.ts";
import { unixSeconds } from "../../src/wire/time.ts";
import type { Verify } from "../../src/wire/verify.ts";

/** The labels of the network "main". */
export const LABELS: Labels = labelsOf(MAIN_NETWORK);
/** The clock of all fixed cases. */
export const NOW = unixSeconds(1_800_000_000);

const PKCS8 = hexToBytes("302e020100300506032b657004220420");
const SPKI = hexToBytes("302a300506032b6570032100");

/** A signer made from a seed of one repeated byte. */
export interface TestKey {
  readonly key: IdentityKey;
  readonly sign: (data: Uint8Array) => Uint8Array;
}

/** Makes the signer whose secret is 32 times the byte. */
export function testKey(byte: number): TestKey {
  const der = Buffer.concat([PKCS8, new Uint8Array(32).fill(byte)]);
  const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(secret).export({ format: "der", type: "spki" });
  return {
    key: identityKey(new Uint8Array(spki.subarray(SPKI.length))),
    sign: (data) => new Uint8Array(nodeSign(null, data, secret)),
  };
}

/** The native verifier. The table of small-order keys is the key store's and tested there. */
export const verify: Verify = (key, signature, data) => {
  const spki = Buffer.concat([SPKI, idBytes(key)]);
  try {
    return nodeVerify(null, data, { key: spki, format: "der", type: "spki" }, signature);
  } catch {
    return false; // Deno throws for a key that is no point of the curve.
  }
};

/** A profile with nothing in it but a name. */
export const PROFILE: Profile = {
  updated: NOW,
  name: "Alice",
  bio: "",
  link: "",
  heir: new Uint8Array(32),
};

/** A status with a plain text. */
export function status(part: Partial<StatusBody> = {}): StatusBody {
  return {
    kind: "status",
    created: NOW,
    text: "Hello",
    markup: [],
    attachments: [],
    profile: PROFILE,
    ...part,
  };
}

/** How an envelope is to differ from what an honest author sends. */
export interface Twist {
  readonly body?: Uint8Array;
  readonly statements?: readonly Statement[];
  /** Exactly this many leading zero bits in the stamp; the base of its type and size if not given. */
  readonly bits?: number;
  readonly signature?: Uint8Array;
  readonly labels?: Labels;
}

/** Signs and stamps a body, at exactly the base bits unless told otherwise. */
export function envelope(author: TestKey, twist: Twist = {}): Uint8Array {
  const labels = twist.labels ?? LABELS;
  const body = twist.body ?? encodeBody(status());
  const id = messageIdOf(labels, { key: author.key, body });
  return encodeEnvelope({
    body,
    key: author.key,
    signature: twist.signature ?? author.sign(signedBytes(labels, body)),
    stamp: stampOfExactly(labels, { id, bits: twist.bits ?? baseBits(body) }),
    statements: twist.statements ?? [],
  });
}

/** Base bits of encoded body bytes. */
export function baseBits(body: Uint8Array): number {
  const decoded = decodeBody(body);
  const type = decoded.kind === "unknown" ? decoded.type : BODY_TYPES[decoded.kind];
  return requiredStampBits(type, body.length);
}

/** The first stamp with exactly so many leading zero bits, so that one bit more is too much to ask. */
export function stampOfExactly(
  labels: Labels,
  { id, bits }: { id: MessageId; bits: number },
): Uint8Array {
  for (let start = 0;;) {
    const stamp = searchStamp({ labels, id, bits, start, tries: 1 << 24 });
    if (stamp === undefined) throw new Error("No stamp found");
    if (stampBits(labels, { id, stamp }) === bits) return stamp;
    start = new DataView(stamp.buffer).getUint32(4) + 1;
  }
}

/** What a test statement says. */
export interface StatementParts {
  readonly type?: StatementType;
  readonly issuer: TestKey;
  readonly subject: IdentityKey;
  readonly successor?: TestKey;
  readonly issued?: number;
  readonly consent?: Uint8Array;
  readonly labels?: Labels;
  /** Stamp as given, unsearched. */
  readonly stamp?: Uint8Array;
}

/** Signs and stamps a statement. */
export function statement(parts: StatementParts): Statement {
  const { issuer, subject, successor } = parts;
  const labels = parts.labels ?? LABELS;
  const consent = successor?.sign(consentBytes(labels, issuer.key)) ?? new Uint8Array();
  const content: StatementContent = {
    type: parts.type ?? 0,
    issuer: issuer.key,
    subject,
    issued: unixSeconds(parts.issued ?? NOW),
    consent: parts.consent ?? consent,
  };
  const signature = issuer.sign(statementSignedBytes(labels, content));
  const search = { labels, signature, bits: STATEMENT_STAMP_BITS, start: 0, tries: 1 << 24 };
  const stamp = parts.stamp ?? searchStatementStamp(search);
  if (stamp === undefined) throw new Error("No stamp found");
  return { ...content, signature, stamp };
}
