/**
 * Makes an identity's own messages: body, stamp, signature, envelope (docs/PROTOCOL.md section 3).
 * What it makes still has to pass `inject` like anybody else's.
 */
import type { Signer } from "../keystore/mod.ts";
import { type Body, BODY_TYPES, type Profile, type UnknownBody } from "../wire/body.ts";
import { encodeBody } from "../wire/body_encode.ts";
import { ID_BYTES } from "../wire/ids.ts";
import type { Labels } from "../wire/labels.ts";
import {
  AUTHOR_STAMP_BITS,
  CREATED_GRAIN_S,
  MAX_BODY_BYTES,
  MAX_FUTURE_S,
} from "../wire/limits.ts";
import { encodeEnvelope, messageIdOf, signedBytes } from "../wire/message.ts";
import type { Public } from "../wire/privacy.ts";
import { requiredStampBits, searchStamp } from "../wire/stamp.ts";
import { authorTime, toSeconds, type UnixMs, type UnixSeconds } from "../wire/time.ts";
import { UserError } from "./user_error.ts";

/** Hashes tried before other work gets its turn: some milliseconds. */
const STAMP_CHUNK = 4_096;

/** Authors stay this much closer to now than receivers allow, so that a slow clock elsewhere still takes it. */
const AHEAD_S = MAX_FUTURE_S - 300;

/** A body that this version makes. */
export type OwnBody = Exclude<Body, UnknownBody>;

/** The profile of an identity that never set one. */
export const EMPTY_PROFILE: Profile = {
  updated: 0 as UnixSeconds,
  name: "",
  bio: "",
  link: "",
  heir: new Uint8Array(ID_BYTES),
};

/**
 * The `created` of an identity's next message: now floored to 10 s, and later than its last one.
 * Throws a `UserError` when so many messages came in so short a time that this one would lie over 10
 * minutes ahead.
 */
export function nextCreated(now: UnixMs, last: UnixSeconds | undefined): UnixSeconds {
  const floor = authorTime(now);
  const created = last === undefined || floor > last ? floor : last + CREATED_GRAIN_S;
  if (created > toSeconds(now) + AHEAD_S) {
    throw new UserError(
      "refused",
      "This identity has sent too many messages in too short a time (or once with a clock that " +
        "ran ahead). Nothing was sent; try again in some minutes.",
    );
  }
  return created as UnixSeconds;
}

/** What composing works with. */
export interface ComposePorts {
  /** Labels of the network. */
  readonly labels: Labels;
  /** Signs for the author. */
  readonly signer: Signer;
  /** Lets other work have its turn during the stamp's search. */
  readonly pause: () => Promise<void>;
}

/**
 * Turns a body into a signed and stamped message. Throws a `UserError` of code `refused` for a body
 * that no node would take: a text too long, attachments too large.
 */
export async function compose(body: OwnBody, ports: ComposePorts): Promise<Public<Uint8Array>> {
  const { labels, signer, pause } = ports;
  const bytes = encode(body);
  const id = messageIdOf(labels, { key: signer.key, body: bytes });
  const bits = requiredStampBits(BODY_TYPES[body.kind], bytes.length) + AUTHOR_STAMP_BITS;
  let stamp: Uint8Array | undefined;
  for (let start = 0; stamp === undefined; start += STAMP_CHUNK) {
    stamp = searchStamp({ labels, id, bits, start, tries: STAMP_CHUNK });
    if (stamp === undefined) await pause();
  }
  const signature = signer.sign(signedBytes(labels, bytes));
  return encodeEnvelope({ body: bytes, key: signer.key, signature, stamp, statements: [] });
}

function encode(body: OwnBody): Uint8Array {
  try {
    return encodeBody(body);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(
      "refused",
      "No node would take this message: with its text, profile and attachments it may have " +
        `${MAX_BODY_BYTES} bytes in all. Nothing was sent.`,
    );
  }
}
