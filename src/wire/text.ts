/**
 * Text on the wire (docs/PROTOCOL.md sections 1 and 3): what a str may hold, and how its length is
 * counted. Receivers check neither normalization nor what characters exist: both change between
 * versions of Unicode, and nodes of different age must judge alike.
 */

/**
 * Whether every character may stand in a str: no C0 or C1 control but LF, no lone surrogate.
 * DEL (U+007F) is in neither set and passes.
 */
export function isCleanText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 ? unit !== 0x0a : unit >= 0x80 && unit < 0xa0) return false;
  }
  return text.isWellFormed();
}

/** Unicode code points in a well-formed text, the unit of the caps of section 3. */
export function countPoints(text: string): number {
  let points = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // The second half of a surrogate pair adds a UTF-16 unit but no code point.
    if (unit >= 0xdc00 && unit <= 0xdfff) points--;
  }
  return points;
}

/** UTF-8 bytes that a well-formed text takes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // A surrogate pair is two units and four bytes, so each half counts one more than itself.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

/** What an author sends for a text: its NFC normalization (section 1). Offsets count in the result. */
export function authorText(text: string): string {
  return text.normalize("NFC");
}
