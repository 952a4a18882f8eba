/** Decodes bodies with every check that section 3 of docs/PROTOCOL.md asks for at admission. */
import { pointsText, readAttachments, utf8Text } from "./attachment.ts";
import {
  type Body,
  BODY_TYPES,
  type PrivateBody,
  type Profile,
  type StatementBody,
  type StatusBody,
} from "./body.ts";
import { malformed } from "./errors.ts";
import { binField, type Field, fields, listField, timeField, uintField } from "./fields.ts";
import { ID_BYTES, messageId } from "./ids.ts";
import {
  MAX_BIO_POINTS,
  MAX_BODY_BYTES,
  MAX_BODY_TYPE,
  MAX_LINK_BYTES,
  MAX_NAME_POINTS,
  MAX_TEXT_POINTS,
  PRIVATE_GRAIN_S,
} from "./limits.ts";
import { readMarkup } from "./markup.ts";
import { decode, type Value } from "./msgpack.ts";
import { decodeSealed } from "./sealed_message.ts";
import { readStatement } from "./statement.ts";
import type { UnixSeconds } from "./time.ts";

/**
 * Decodes a body: arity, types, caps, `updated` not after `created`; for private ones the grain of
 * `created` and the ciphertext's length. A carried statement is not verified yet. Attachments and
 * other bins are views of the input. Throws a `WireError`: "too-large" over 53,248 bytes, otherwise
 * "malformed".
 */
export function decodeBody(bytes: Uint8Array): Body {
  const value = decode(bytes, { maxBytes: MAX_BODY_BYTES });
  // Later types may have any number of fields after the two that all share.
  const all = listField(value, MAX_BODY_BYTES);
  const type = uintField(all[0], MAX_BODY_TYPE);
  const created = timeField(all[1]);
  switch (type) {
    case BODY_TYPES.status:
      return readStatus(value, created);
    case BODY_TYPES.private:
      return readPrivate(value, created);
    case BODY_TYPES.profile:
      return { kind: "profile", created, profile: readProfile(fields(value, 3)[2], created) };
    case BODY_TYPES.retraction:
      return {
        kind: "retraction",
        created,
        id: messageId(binField(fields(value, 3)[2], ID_BYTES)),
      };
    case BODY_TYPES.statement:
      return readCarried(value, created);
    default:
      return { kind: "unknown", type, created };
  }
}

function readStatus(value: Value, created: UnixSeconds): StatusBody {
  const [, , text, markup, attachments, profile] = fields(value, 6);
  return {
    kind: "status",
    created,
    text: pointsText(text, MAX_TEXT_POINTS),
    markup: readMarkup(markup),
    attachments: readAttachments(attachments),
    profile: readProfile(profile, created),
  };
}

function readPrivate(value: Value, created: UnixSeconds): PrivateBody {
  const sealed = binField(fields(value, 3)[2]);
  if (created % PRIVATE_GRAIN_S !== 0) throw malformed("A private message with too fine a time");
  decodeSealed(sealed);
  return { kind: "private", created, sealed };
}

function readCarried(value: Value, created: UnixSeconds): StatementBody {
  const statement = readStatement(fields(value, 3)[2]);
  // Nobody could check what is inside, and what can't be checked isn't relayed. A later kind of
  // statement has to come in a later type of body.
  if (statement === undefined) throw malformed("A statement of unknown type");
  return { kind: "statement", created, statement };
}

function readProfile(value: Field, created: UnixSeconds): Profile {
  const [updated, name, bio, link, heir] = fields(value, 5);
  const profile = {
    updated: timeField(updated),
    name: pointsText(name, MAX_NAME_POINTS),
    bio: pointsText(bio, MAX_BIO_POINTS),
    link: utf8Text(link, MAX_LINK_BYTES),
    heir: binField(heir, ID_BYTES),
  };
  if (profile.updated > created) throw malformed("A profile from after its message");
  return profile;
}
