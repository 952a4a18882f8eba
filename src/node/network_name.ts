/** The network's name and key as the user gives them. */
import { MAX_NETWORK_NAME } from "../wire/limits.ts";
import { type NetworkName, parseNetworkName } from "../wire/labels.ts";
import { UserError } from "./user_error.ts";

/** Checks a network's name. Throws a `UserError` of code `usage`. */
export function needNetwork(name: string): NetworkName {
  const network = parseNetworkName(name);
  if (network === undefined) {
    throw new UserError(
      "usage",
      `A network's name has 1 to ${MAX_NETWORK_NAME} of a-z, 0-9 and the hyphen`,
    );
  }
  return network;
}

/** Reads a closed network's key: 32 bytes in hex. Throws a `UserError` that never shows its content. */
export async function readNetworkKey(path: string): Promise<Uint8Array> {
  let text: Uint8Array;
  try {
    text = await Deno.readFile(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown error";
    throw new UserError("failed", `The network key could not be read: ${why}`);
  }
  // Digit by digit: a string of the key would stay in memory.
  const digits = text.filter((byte) => !SPACES.has(byte)).map(digitOf);
  const key = new Uint8Array(KEY_BYTES).map((_, i) => digits[2 * i]! * 16 + digits[2 * i + 1]!);
  const fits = digits.length === 2 * KEY_BYTES && digits.every((digit) => digit < 16);
  text.fill(0);
  digits.fill(0);
  if (!fits) {
    key.fill(0);
    throw new UserError("usage", `${path} does not hold a network key: 64 hex digits`);
  }
  return key;
}

/** Space, tab, line feed and carriage return: what editors leave around a key. */
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const KEY_BYTES = 32;

/** What a hex digit in ASCII stands for; 16 for any other byte. */
function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : 16;
}
