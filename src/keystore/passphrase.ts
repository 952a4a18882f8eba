/**
 * Passphrases as bytes (docs/PROTOCOL.md section 11). A file's bytes are taken as they are, but for
 * one line ending at the end, which editors and `echo` add. No Unicode normalization: its tables
 * change between versions, and a passphrase that opened once must open for ever; who types
 * accented letters on different systems is told so by the documentation.
 */
import { PassphraseError } from "./errors.ts";
import { PROCESS_MEMORY, Secret, type SecretAllocator } from "./secret.ts";

/** Bytes in a passphrase, less the line ending. Far over any passphrase; a wrong file is noticed. */
export const MAX_PASSPHRASE_BYTES = 1_024;

const LF = 0x0a;
const CR = 0x0d;

/**
 * Makes a passphrase from bytes as read from a file, a credential or a prompt, and wipes them.
 * Strips one LF or CRLF at the end. Throws a {@linkcode PassphraseError} when nothing is left or
 * more than {@linkcode MAX_PASSPHRASE_BYTES}; the bytes are wiped then too.
 */
export function passphraseFrom(
  bytes: Uint8Array,
  allocator: SecretAllocator = PROCESS_MEMORY,
): Secret {
  try {
    const length = lengthWithoutLineEnding(bytes);
    if (length === 0) throw new PassphraseError("The passphrase is empty");
    if (length > MAX_PASSPHRASE_BYTES) {
      throw new PassphraseError(`The passphrase is over ${MAX_PASSPHRASE_BYTES} bytes`);
    }
    return Secret.take(bytes.subarray(0, length), allocator);
  } finally {
    bytes.fill(0);
  }
}

function lengthWithoutLineEnding(bytes: Uint8Array): number {
  if (bytes.at(-1) !== LF) return bytes.length;
  return bytes.at(-2) === CR ? bytes.length - 2 : bytes.length - 1;
}
