/** The JSON that `--json` prints: compact, one line, and harmless on a terminal. */

/** What a terminal or an editor might act on: JSON allows it raw, but it's better seen than obeyed. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * One value on one line, without the line break. Controls, bidi and zero-width characters come as
 * `\u` escapes; any JSON parser gives back exactly the value.
 */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNPRINTABLE, escapeUnits);
}

function escapeUnits(char: string): string {
  let out = "";
  for (let i = 0; i < char.length; i++) {
    out += `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return out;
}
