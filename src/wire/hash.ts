/** The hash that names messages and counts their stamps, as a parameter: native code where there is some. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** SHA-256 of the bytes, 64 lower-case hex digits. */
export type HashHex = (bytes: Uint8Array) => string;

/** With what to hash. */
export interface HashOptions {
  /** {@linkcode PORTABLE_HASH} unless given; must answer the same. */
  readonly hash?: HashHex | undefined;
}

/** The same everywhere, and three to six times as slow as native code. */
export const PORTABLE_HASH: HashHex = (bytes): string => bytesToHex(sha256(bytes));
