/**
 * Identifiers (docs/PROTOCOL.md section 2): branded lower-case hex strings inside the program,
 * because bytes are no `Map` key; 32 bytes on the wire; `g1…` for people.
 */
import { bech32m } from "@scure/base";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

/** Exists for the type checker only. */
declare const brand: unique symbol;

/** SHA-256 of a message's key and body: 64 lower-case hex digits. */
export type MessageId = string & { readonly [brand]: "MessageId" };

/** An Ed25519 public key, the name of an identity: 64 lower-case hex digits. */
export type IdentityKey = string & { readonly [brand]: "IdentityKey" };

/** Bytes in an identity key and in a message id. */
export const ID_BYTES = 32;

const PREFIX = "g";
const HEX = /^[0-9a-f]{64}$/;

/** Names 32 bytes as a message id. Throws a `RangeError` for any other length. */
export function messageId(bytes: Uint8Array): MessageId {
  return hex32(bytes) as MessageId;
}

/** Names 32 bytes as an identity key. Throws a `RangeError` for any other length. */
export function identityKey(bytes: Uint8Array): IdentityKey {
  return hex32(bytes) as IdentityKey;
}

/** Reads a whole message id in hex, or answers `undefined`. */
export function parseMessageId(text: string): MessageId | undefined {
  const lower = text.toLowerCase();
  return HEX.test(lower) ? lower as MessageId : undefined;
}

/** The 32 bytes behind an id or key. */
export function idBytes(id: MessageId | IdentityKey): Uint8Array {
  return hexToBytes(id);
}

/** An identity as people see and share it: `g1…`, bech32m, 60 characters. */
export function formatIdentity(key: IdentityKey): string {
  return bech32m.encode(PREFIX, bech32m.toWords(hexToBytes(key)));
}

/** Reads `g1…` in either case (bech32m forbids mixing them), or answers `undefined`. */
export function parseIdentity(text: string): IdentityKey | undefined {
  try {
    const { prefix, bytes } = bech32m.decodeToBytes(text.trim());
    return prefix === PREFIX && bytes.length === ID_BYTES ? identityKey(bytes) : undefined;
  } catch {
    return undefined;
  }
}

function hex32(bytes: Uint8Array): string {
  if (bytes.length !== ID_BYTES) throw new RangeError(`An id has 32 bytes, not ${bytes.length}`);
  return bytesToHex(bytes);
}
