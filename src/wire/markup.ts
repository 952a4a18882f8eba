/**
 * Markup of a status (docs/PROTOCOL.md section 3).
 *
 * ```
 * markup = [[start, end, type, value: str]…]     at most 32 entries; value at most 512 bytes of UTF-8
 * type 0 link · 1 mention (identity) · 2 tag · 3 reply-to (id) · 4 quote (id) · 5 locator
 *      6 language · 7 content warning; 3, 4, 6 and 7 stand for the whole text and have start = end = 0
 * ```
 * Offsets are code points of the text as sent. Admission checks the form and the caps alone: whether
 * a range makes sense, and what an unknown type means, is the reader's care.
 */
import type { Markup } from "./body.ts";
import { malformed } from "./errors.ts";
import { type Field, fields, listField, strField, uintField } from "./fields.ts";
import { MAX_MARKUP, MAX_MARKUP_VALUE_BYTES } from "./limits.ts";
import type { Value } from "./msgpack.ts";
import { utf8Length } from "./text.ts";

/** The markup of a status as a value inside its body. */
export function markupValue(markup: readonly Markup[]): Value {
  return markup.map(({ start, end, type, value }) => [start, end, type, value]);
}

/** Reads markup out of a decoded body. Throws a `WireError` for any other form or over the caps. */
export function readMarkup(value: Field): Markup[] {
  return listField(value, MAX_MARKUP).map((entry) => {
    const [start, end, type, text] = fields(entry, 4);
    const marked = strField(text);
    if (utf8Length(marked) > MAX_MARKUP_VALUE_BYTES) throw malformed("A markup value over its cap");
    return { start: uintField(start), end: uintField(end), type: uintField(type), value: marked };
  });
}
