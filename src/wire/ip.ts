/**
 * IP addresses as text and bytes (docs/PROTOCOL.md section 6): strict in what is read, one spelling
 * in what is written, since the text serves as a key and two spellings would be two peers.
 */

const DIGIT_0 = 0x30;
/** "." less {@linkcode DIGIT_0}. */
const DOT = -2;
/** Stands for the character after the last. */
const END = -100;
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/**
 * Reads an IPv4 address in dotted decimal without leading zeros (which some systems read as octal),
 * or an IPv6 address in any RFC 4291 form, without brackets or zone. Answers 4 or 16 bytes, an
 * IPv4-mapped address as 4, or `undefined`.
 */
export function parseIp(text: string): Uint8Array | undefined {
  // 45 characters is the longest: six full groups and a full dotted quad.
  if (text.length > 45) return undefined;
  if (!text.includes(":")) return parseIpv4(text);
  const bytes = parseIpv6(text);
  return bytes !== undefined && isMapped(bytes) ? bytes.slice(12) : bytes;
}

/** Whether 16 bytes are an IPv4 address in disguise, `::ffff:0:0/96`. */
export function isMapped(bytes: Uint8Array): boolean {
  return bytes.length === 16 && MAPPED_PREFIX.every((byte, i) => bytes[i] === byte);
}

/**
 * Writes 4 bytes in dotted decimal, 16 bytes as RFC 5952 says (lower case, the first longest run of
 * two or more zero groups shortened). Throws a `RangeError` for any other length.
 */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) throw new RangeError(`An IP address has no ${bytes.length} bytes`);
  const groups = Array.from({ length: 8 }, (_, i) => bytes[2 * i]! * 256 + bytes[2 * i + 1]!);
  const { start, length } = longestZeroRun(groups);
  const hex = (part: readonly number[]): string => part.map((g) => g.toString(16)).join(":");
  return length < 2
    ? hex(groups)
    : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function parseIpv4(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let at = 0;
  let digits = 0;
  let value = 0;
  // Digit by digit: an engine reads addresses at every step, and patterns took a quarter of its time.
  for (let i = 0; i <= text.length; i++) {
    const digit = i < text.length ? text.charCodeAt(i) - DIGIT_0 : END;
    if (digit >= 0 && digit <= 9) {
      if (digits > 0 && value === 0) return undefined;
      value = 10 * value + digit;
      if (value > 255) return undefined;
      digits++;
      continue;
    }
    if (digits === 0 || at > 3 || (digit !== END && digit !== DOT)) return undefined;
    bytes[at++] = value;
    digits = 0;
    value = 0;
  }
  return at === 4 ? bytes : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const last = halves.length - 1;
  const parts = halves.map((half, i) => parseGroups(half, i === last));
  const [head, tail] = parts;
  if (head === undefined || parts.some((part) => part === undefined)) return undefined;
  if (halves.length === 1) return head.length === 16 ? Uint8Array.from(head) : undefined;
  // "::" stands for at least one group.
  const gap = 16 - head.length - tail!.length;
  if (gap < 2) return undefined;
  return Uint8Array.from([...head, ...new Array<number>(gap).fill(0), ...tail!]);
}

function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    if (group.includes(".")) {
      const quad = mayEndInIpv4 && i === groups.length - 1 ? parseIpv4(group) : undefined;
      if (quad === undefined) return undefined;
      bytes.push(...quad);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [i, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: i - length + 1, length };
  }
  return best;
}
