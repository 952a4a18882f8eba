/** The JSON that `--json` prints: compact, one line, and harmless on a terminal. */

/**
 * What a terminal or an editor might act on or not show, and combining marks in a flood or on our quotation
 * marks: JSON allows them raw, but they are better seen than obeyed.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}]|(?<=["\n]|\p{M}{4})\p{M}/gu;

/**
 * One value on one line, without the line break. Controls, bidi, zero-width and other invisible
 * characters and floods of marks come as `\u` escapes; any JSON parser gives back exactly the value.
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
