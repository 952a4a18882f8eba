/** Encodes bodies (docs/PROTOCOL.md section 3). */
import { attachmentsValue } from "./attachment.ts";
import { type Body, BODY_TYPES, type Profile, type StatusBody } from "./body.ts";
import { decodeBody } from "./body_decode.ts";
import { idBytes } from "./ids.ts";
import { markupValue } from "./markup.ts";
import { encode, type Value } from "./msgpack.ts";
import { statementValue } from "./statement.ts";

/**
 * Encodes a body. Throws a `RangeError` for one that no node would admit (over a cap, a profile
 * newer than the message…) and for one of unknown type, whose contents nobody here knows.
 */
export function encodeBody(body: Body): Uint8Array<ArrayBuffer> {
  const bytes = encode(bodyValue(body));
  try {
    // One set of rules: what a receiver would refuse is not made.
    decodeBody(bytes);
  } catch (cause) {
    throw new RangeError("Cannot encode a body that nobody would admit", { cause });
  }
  return bytes;
}

/** Bytes that the body of a status takes, whether anybody would admit it or not. */
export function statusBytes(body: StatusBody): number {
  return encode(bodyValue(body)).length;
}

function bodyValue(body: Body): Value {
  switch (body.kind) {
    case "status": {
      const { created, text, markup, attachments, profile } = body;
      const files = attachmentsValue(attachments);
      return [BODY_TYPES.status, created, text, markupValue(markup), files, profileValue(profile)];
    }
    case "private":
      return [BODY_TYPES.private, body.created, body.sealed];
    case "profile":
      return [BODY_TYPES.profile, body.created, profileValue(body.profile)];
    case "retraction":
      return [BODY_TYPES.retraction, body.created, idBytes(body.id)];
    case "statement":
      return [BODY_TYPES.statement, body.created, statementValue(body.statement)];
    case "unknown":
      throw new RangeError(`Cannot encode a body of unknown type ${body.type}`);
    default:
      return body satisfies never;
  }
}

function profileValue({ updated, name, bio, link, heir }: Profile): Value {
  return [updated, name, bio, link, heir];
}
