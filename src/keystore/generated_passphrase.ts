/**
 * Passphrases made by the program: seven words of the EFF's list, 90 bits (docs/PROTOCOL.md section
 * 11). They have to be shown to a person once, so a string of them can't be avoided there; it is the
 * caller's to keep short-lived, and nothing can wipe it.
 */
import { PROCESS_MEMORY, Secret, type SecretAllocator } from "./secret.ts";
import { effLargeWordlist } from "./wordlist.ts";

/** Words in a generated passphrase: 7 * log2(7,776) = 90.5 bits. */
export const PASSPHRASE_WORDS = 7;
/** Random bytes that a word is drawn with: so many that no word is likelier by more than 2^-50. */
const BYTES_A_WORD = 8;
const SPACE = 0x20;

/**
 * Draws {@linkcode PASSPHRASE_WORDS} words, lower case, one space between them. `fill` fills bytes
 * with cryptographic randomness; the system's when left out.
 */
export async function generatePassphrase(
  fill: (bytes: Uint8Array<ArrayBuffer>) => void = (bytes) => void crypto.getRandomValues(bytes),
  allocator: SecretAllocator = PROCESS_MEMORY,
): Promise<Secret> {
  const words = await effLargeWordlist();
  const random = new Uint8Array(PASSPHRASE_WORDS * BYTES_A_WORD);
  const text = new Uint8Array(PASSPHRASE_WORDS * 16);
  try {
    fill(random);
    const view = new DataView(random.buffer);
    let length = 0;
    for (let i = 0; i < PASSPHRASE_WORDS; i++) {
      // No draw is refused: the remainder of 64 bits is even enough (see above).
      const at = Number(view.getBigUint64(i * BYTES_A_WORD) % BigInt(words.length));
      if (i > 0) text[length++] = SPACE;
      length += new TextEncoder().encodeInto(words[at] ?? "", text.subarray(length)).written;
    }
    return Secret.take(text.subarray(0, length), allocator);
  } finally {
    random.fill(0);
    text.fill(0);
  }
}
