/** Attachments of statuses and private messages (docs/PROTOCOL.md sections 3 and 5): one form for both. */
import type { Attachment } from "./body.ts";
import { malformed } from "./errors.ts";
import { binField, type Field, fields, listField, strField } from "./fields.ts";
import {
  MAX_ALT_POINTS,
  MAX_ATTACHMENT_NAME_POINTS,
  MAX_ATTACHMENTS,
  MAX_MEDIA_TYPE_BYTES,
} from "./limits.ts";
import type { Value } from "./msgpack.ts";
import { countPoints, utf8Length } from "./text.ts";

/** Attachments as a value inside a body. */
export function attachmentsValue(attachments: readonly Attachment[]): Value {
  return attachments.map(({ mediaType, name, bytes, alt }) => [mediaType, name, bytes, alt]);
}

/** Reads attachments; their bytes are views of the input. Throws a `WireError` over a cap. */
export function readAttachments(value: Field): Attachment[] {
  return listField(value, MAX_ATTACHMENTS).map((item) => {
    const [mediaType, name, bytes, alt] = fields(item, 4);
    return {
      mediaType: utf8Text(mediaType, MAX_MEDIA_TYPE_BYTES),
      name: pointsText(name, MAX_ATTACHMENT_NAME_POINTS),
      bytes: binField(bytes),
      alt: pointsText(alt, MAX_ALT_POINTS),
    };
  });
}

/** A str of at most so many code points. Throws a `WireError` for any other value. */
export function pointsText(value: Field, max: number): string {
  const text = strField(value);
  if (countPoints(text) > max) throw malformed(`Text over ${max} code points`);
  return text;
}

/** A str of at most so many bytes of UTF-8. Throws a `WireError` for any other value. */
export function utf8Text(value: Field, max: number): string {
  const text = strField(value);
  if (utf8Length(text) > max) throw malformed(`Text over ${max} bytes`);
  return text;
}
