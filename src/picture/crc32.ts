/** CRC-32 as PNG has it (ISO 3309, reflected, polynomial 0x04C11DB7). */

/** Of each half of a byte. */
const NIBBLES = [
  ...[0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158],
  ...[0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4],
  ...[0xa00ae278, 0xbdbdf21c],
];

/** As an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc = NIBBLES[(crc ^ byte) & 15]! ^ (crc >>> 4);
    crc = NIBBLES[(crc ^ (byte >>> 4)) & 15]! ^ (crc >>> 4);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
