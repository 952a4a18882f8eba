/**
 * Questions at a terminal. A passphrase is read without echo and as bytes: a prompt library would
 * leave it behind in strings, which nothing can wipe, and would go on reading the terminal when a
 * second question is put.
 */

/** A terminal's input. `Deno.stdin` is one. */
export interface KeyInput {
  /** Waits for bytes; null at the end of input. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Switches echo and line editing off and on. */
  setRaw(raw: boolean): void;
}

/** Bytes in the longest passphrase that can be typed. */
export const MAX_SECRET_BYTES = 1_024;

const CTRL_C = 0x03;
const CTRL_D = 0x04;
const BACKSPACE = 0x08;
const LINE_FEED = 0x0A;
const RETURN = 0x0D;
const CTRL_U = 0x15;
const ESCAPE = 0x1B;
const DELETE = 0x7F;

/**
 * Reads up to Enter; `undefined` after Ctrl-C, Ctrl-D or the end of input. Backspace takes back a
 * character, Ctrl-U everything; arrow keys and other controls do nothing. The caller wipes it.
 */
export async function readSecret(input: KeyInput): Promise<Uint8Array | undefined> {
  const secret = new Uint8Array(MAX_SECRET_BYTES);
  // One byte at a time, so that what was typed ahead stays for the next question.
  const byte = new Uint8Array(1);
  let length = 0;
  input.setRaw(true);
  try {
    while (true) {
      const key = await readByte(input, byte);
      if (key === RETURN || key === LINE_FEED) return secret.slice(0, length);
      if (key === undefined || key === CTRL_C || key === CTRL_D) return undefined;
      if (key === ESCAPE) {
        await skipSequence(input, byte);
      } else if (key === BACKSPACE || key === DELETE) {
        length = dropCharacter(secret, length);
      } else if (key === CTRL_U) {
        length = 0;
      } else if (key >= 0x20 && length < secret.length) {
        secret[length++] = key;
      }
    }
  } finally {
    secret.fill(0);
    byte.fill(0);
    input.setRaw(false);
  }
}

/** Reads one line, as the terminal echoes it: true for `y` or `yes`, in either case. */
export async function readYes(input: Pick<KeyInput, "read">): Promise<boolean> {
  const byte = new Uint8Array(1);
  let line = "";
  for (
    let key = await readByte(input, byte);
    key !== undefined;
    key = await readByte(input, byte)
  ) {
    if (key === LINE_FEED) break;
    // Nothing longer than this is a yes.
    if (line.length < 10) line += String.fromCharCode(key);
  }
  return /^y(?:es)?$/i.test(line.trim());
}

async function readByte(
  input: Pick<KeyInput, "read">,
  byte: Uint8Array,
): Promise<number | undefined> {
  return await input.read(byte) === null ? undefined : byte[0];
}

/** Swallows what an arrow or function key sends after its escape: `[ … letter` or `O letter`. */
async function skipSequence(input: KeyInput, byte: Uint8Array): Promise<void> {
  let key = await readByte(input, byte);
  if (key !== 0x5B && key !== 0x4F) return;
  do key = await readByte(input, byte); while (key !== undefined && (key < 0x40 || key > 0x7E));
}

/** The length without the last UTF-8 character. */
function dropCharacter(bytes: Uint8Array, length: number): number {
  let end = length - 1;
  while (end > 0 && ((bytes[end] ?? 0) & 0xC0) === 0x80) end--;
  return Math.max(0, end);
}
